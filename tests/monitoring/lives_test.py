#!/usr/bin/env python3
"""Each life in each flavour: its alerts fire in time and end, all others stay quiet.

    python3 lives_test.py                     # all
    LIFE='rolling update' python3 lives_test.py   # lives whose name has this text
"""

import os
import unittest

import alert_rules  # noqa: F401  (finds kit)
from kit import needs_promtool, needs_tools
from lives_kit import cases, used
from lives_run import run
from world import baseline, parse


def basic_names():
    """All metrics of the baseline."""
    def walk(content):
        for key, value in content.items():
            if isinstance(value, dict):
                yield from walk(value)
            elif key != "absent":
                yield parse(key)[0]
    return {*walk(baseline()), *baseline()["absent"]}


@needs_tools
@needs_promtool
class LivesTest(unittest.TestCase):
    def test_lives(self):
        wanted = os.environ.get("LIFE", "")
        for case, said in run([case for case in cases() if wanted in case[0]]).items():
            with self.subTest(life=case[0], flavour=case[1]):
                self.assertEqual(said, "", f"\n{said}")

    def test_the_baseline_has_each_metric_of_the_rules(self):
        optional = {name for name in used() if name.startswith(("kube_", "ALERTS"))}
        self.assertEqual(used() - optional - basic_names() - {"up"}, set())


if __name__ == "__main__":
    unittest.main()
