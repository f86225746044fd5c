#!/usr/bin/env python3
"""Dashboards query only metrics that exist and show every metric of the exporter."""

import pathlib
import re
import unittest

import dashboards
from dashboards import selectors
from dashboards_metrics import exporter, samples, types

NOT_SHOWN = pathlib.Path(__file__).with_name("dashboards_not_shown.txt")


class NamesTest(unittest.TestCase):
    def test_every_metric_exists(self):
        known = set(types()) | {"ALERTS"}
        for name, _, _, query in dashboards.targets():
            for one in selectors(query):
                self.assertTrue(one.metric in known, f"{name}: no {one.metric}")

    def test_annotations_and_variables_too(self):
        known = set(types()) | {"ALERTS"}
        for name, query in dashboards.other_queries():
            for one in selectors(query):
                self.assertTrue(one.metric in known, f"{name}: no {one.metric}")

    def test_every_family_is_shown_or_left_out_on_purpose(self):
        asked = {one.metric for _, _, _, query in dashboards.targets()
                 for one in selectors(query)}
        shown = {name for name, kind in exporter().items() if asked & set(samples({name: kind}))}
        left_out = dict(re.findall(r"^(\w+) +(\S.*)$", NOT_SHOWN.read_text(), re.MULTILINE))
        self.assertEqual(set(left_out) & shown, set(), "both shown and left out")
        self.assertEqual(set(exporter()) - shown, set(left_out))


if __name__ == "__main__":
    unittest.main()
