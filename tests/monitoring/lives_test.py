#!/usr/bin/env python3
"""Each life: its alerts fire in time and end, all others stay quiet; and the lives notice faults.

Ordinary lives run in two flavours, those with an alert in all; SLOW=1 runs all in all.

    LIFE='rolling update' python3 lives_test.py   # lives whose name has this text, in all flavours
"""

import os
import tempfile
import unittest

from alert_rules import TESTS
from alerts_table import page
from flavours import FLAVOURS
from kit import needs_promtool, needs_tools
from lives_checks import expected
from lives_kit import cases, lives, used
from lives_mutants import blamed, mutants, never, without_conditions, without_wait, write
from lives_run import run
from world import baseline, parse

SLOW = os.environ.get("SLOW") == "1"
# What a life cannot notice, with the reason.
EQUIVALENT = {}


def basic_names():
    """All metrics of the baseline."""
    def walk(content):
        for key, value in content.items():
            if isinstance(value, dict):
                yield from walk(value)
            elif key != "absent":
                yield parse(key)[0]
    return {*walk(baseline()), *baseline()["absent"]}


def wanted():
    """The cases of this run. Ordinary lives take turns in the flavours, and all are in `ours`."""
    text = os.environ.get("LIFE", "")
    found = [case for case in cases() if text in case[0]]
    if SLOW or text:
        return found
    others = [name for name in FLAVOURS if name != "ours"]
    turn = {life: others[number % len(others)] for number, life in enumerate(lives())}
    return [(life, flavour) for life, flavour in found
            if lives()[life].get("fires") or flavour in ("ours", turn[life])
            or (life, "ours") not in found]


def cheapest_outages():
    """For each alert the life with the fewest evaluations in which it fires, in one flavour."""
    found = {}
    for life, flavour in sorted(cases(), key=lambda case: lives()[case[0]]["minutes"]
                                // lives()[case[0]].get("step", 1)):
        for alert, *_ in expected(life, flavour):
            found.setdefault(alert, (life, flavour))
    return sorted(set(found.values()))


@needs_tools
@needs_promtool
class LivesTest(unittest.TestCase):
    def test_lives(self):
        for case, said in run(wanted()).items():
            with self.subTest(life=case[0], flavour=case[1]):
                self.assertEqual(said, "", f"\n{said}")

    def test_the_baseline_has_each_metric_of_the_rules(self):
        optional = {name for name in used()
                    if name.startswith(("kube_", "node_filesystem_", "ALERTS"))}
        self.assertEqual(used() - optional - basic_names() - {"up"}, set())

    def test_the_table_in_the_documentation_is_current(self):
        self.assertEqual((TESTS.parent / "docs" / "alerts.md").read_text(), page())

    def test_each_alert_has_whole_texts(self):
        """In `says` of a life."""
        said = {alert for life in lives().values() for alert in life.get("says", {})}
        self.assertEqual(set(first_by_alert()) - said, set())


def first_by_alert():
    return {alert for life in lives().values() for alert in life.get("fires", {})}


@needs_tools
@needs_promtool
class FaultsTest(unittest.TestCase):
    """A fault in a rule is noticed by a life."""

    def survivors(self, chosen, *faults):
        """(alert, fault) of each mutant that no life notices."""
        made = mutants(*faults)
        with tempfile.TemporaryDirectory() as folder:
            said = run(chosen, write(folder, made), made)
        noticed = set().union(*(blamed(one) for one in said.values()))
        return [(alert, what) for alert, own in made.items()
                for name, (_, what) in own.items() if name not in noticed]

    def test_an_alert_that_never_fires_or_has_no_wait(self):
        self.assertEqual(self.survivors(cheapest_outages(), never, without_wait), [])

    @unittest.skipUnless(SLOW, "set SLOW=1")
    def test_an_alert_without_a_condition(self):
        chosen = [(life, flavour) for life, flavour in cases()
                  if flavour == "ours" or (life, "ours") not in cases()]
        left = self.survivors(chosen, without_conditions)
        self.assertEqual([one for one in left if one not in EQUIVALENT], [])


if __name__ == "__main__":
    unittest.main()
