#!/usr/bin/env python3
"""Every query of every panel gets data from a real Prometheus with the pages of real exporters.

The daemons are recorded, the peers learn, the kubelet's pages are made up.
"""

import math
import shutil
import unittest

import dashboards
from dashboards import substitute
from dashboards_live import live

GROWTH = (0, 50, 100)  # percent, one after the other
SECONDS = 15  # from one to the next
# Empty while everything works.
MAY_BE_EMPTY = {"kubernetes-cluster: Container restarts, last hour: A"}


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"),
                     "Prometheus is not installed")
class DataTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        running = cls.enterClassContext(live())
        steps = []
        for percent in GROWTH:
            running.grow(percent)
            steps.append(running.pages())
        cls.prometheus, cls.time = running.remembering(steps, SECONDS)

    def ask(self, query):
        return [float(sample["value"][1])
                for sample in self.prometheus.query(substitute(query), time=self.time)]

    def test_every_query_has_data(self):
        for name, _, _, query in dashboards.targets():
            with self.subTest(name):
                found = self.ask(query)
                if name not in MAY_BE_EMPTY:
                    self.assertTrue(found, query)
                self.assertFalse(found and all(map(math.isnan, found)), f"only NaN: {query}")

    def test_every_variable_has_values(self):
        for name, query in dashboards.other_queries():
            if "variable" in name:
                self.assertTrue(self.ask(query), name)

    def test_annotations_are_understood(self):
        for name, query in dashboards.other_queries():
            with self.subTest(name):
                self.ask(query)


if __name__ == "__main__":
    unittest.main()
