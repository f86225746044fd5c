#!/usr/bin/env python3
"""Dashboards query only metrics that exist and show every metric of the exporter."""

import pathlib
import re
import unittest

import dashboards
from dashboards import selectors
from dashboards_metrics import by_job, exporter, samples

NOT_SHOWN = pathlib.Path(__file__).with_name("dashboards_not_shown.txt")
INTERNALS = "Daemon internals"
# Whose row it is.
JOBS = {"peer-metrics": {"peer", "kubernetes"}, "ipfs-metrics": {"ipfs", "kubernetes"},
        "kubernetes-cluster": {"kubernetes"}}


class NamesTest(unittest.TestCase):
    def test_every_metric_exists_in_its_job(self):
        jobs = by_job()
        for name, _, _, query in dashboards.targets():
            for one in selectors(query):
                self.assertTrue(one.metric in jobs[one.job], f"{name}: no {one.metric}")

    def test_annotations_and_variables_too(self):
        jobs = by_job()
        for name, query in dashboards.other_queries():
            for one in selectors(query):
                if one.metric != "ALERTS":
                    self.assertTrue(one.metric in jobs[one.job], f"{name}: no {one.metric}")

    def test_dashboards_keep_to_their_jobs(self):
        for name, row, _, query in dashboards.targets():
            of_row = {"ipfs-native"} if row == INTERNALS else JOBS[name.split(":")[0]]
            self.assertLessEqual({one.job for one in selectors(query)}, of_row, name)

    def test_every_family_is_shown_or_left_out_on_purpose(self):
        asked = {one.metric for _, _, _, query in dashboards.targets()
                 for one in selectors(query) if one.job in ("ipfs", "peer")}
        shown = {name for name, kind in exporter().items() if asked & set(samples({name: kind}))}
        left_out = dict(re.findall(r"^(\w+) +(\S.*)$", NOT_SHOWN.read_text(), re.MULTILINE))
        self.assertEqual(set(left_out) & shown, set(), "both shown and left out")
        self.assertEqual(set(exporter()) - shown, set(left_out))


if __name__ == "__main__":
    unittest.main()
