#!/usr/bin/env python3
"""Each life: its alerts fire in time and end, all others stay quiet; and the lives notice faults.

The cost is limited: by default, a short outage of each alert and some ordinary lives, each in one
flavour (less than 120 CPU seconds); SLOW=1 runs also all other lives that are not long, in one
flavour (less than 500), SLOW=2 all lives in all flavours, and faults in the rules, which the lives
have to notice.

    LIFE='rolling update' python3 lives_test.py   # lives whose name has this text, in all flavours
"""

import os
import tempfile
import unittest

from alert_rules import TESTS
from alerts_table import page
from flavours import FLAVOURS, chosen
from kit import needs_promtool, needs_tools
from lives_kit import cases, lives, used
from lives_mutants import blamed, mutants, never, without_conditions, without_wait, write
from lives_run import run
from patience import SLOW
from world import as_list, baseline, parse

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


def steps(life):
    """Evaluations, which are what a life costs."""
    return lives()[life]["minutes"] // lives()[life].get("step", 1)


def in_turns(names):
    """Each life in one of its flavours, which take turns."""
    for number, name in enumerate(names):
        flavours = [flavour for life, flavour in cases() if life == name]
        yield name, flavours[number % len(flavours)]


def fires(case, alert):
    return any(chosen(entry.get("flavours"), case[1])
               for entry in as_list(lives()[case[0]].get("fires", {}).get(alert, [])))


def outages():
    """Cases in which each alert fires: its shortest life, if no other that is needed has it, in
    flavours that take turns. Long ones come first."""
    firing = {alert: [case for case in cases() if fires(case, alert)] for alert in first_by_alert()}
    shortest = {alert: min((life for life, _ in found), key=steps)
                for alert, found in firing.items()}
    found = []
    for alert in sorted(shortest, key=lambda one: (-steps(shortest[one]), one)):
        if not set(found) & set(firing[alert]):
            flavours = [flavour for life, flavour in firing[alert] if life == shortest[alert]]
            found.append((shortest[alert], flavours[len(found) % len(flavours)]))
    return found


def wanted():
    """The cases of this run."""
    text = os.environ.get("LIFE", "")
    if SLOW > 1 or text:
        return [case for case in cases() if text in case[0]]
    if SLOW:
        return sorted({*outages(), *in_turns([life for life in lives() if steps(life) <= 240])})
    quiet = [life for life, how in lives().items() if not how.get("fires") and steps(life) <= 60]
    return [*outages(), *in_turns(quiet[::5])]


@needs_tools
@needs_promtool
class LivesTest(unittest.TestCase):
    def test_lives(self):
        for case, said in run(wanted()).items():
            with self.subTest(life=case[0], flavour=case[1]):
                self.assertEqual(said, "", f"\n{said}")

    @unittest.skipIf(os.environ.get("LIFE"), "LIFE is set")
    def test_each_flavour_has_a_turn(self):
        self.assertEqual({flavour for _, flavour in wanted()}, set(FLAVOURS))

    def test_the_baseline_has_each_metric_of_the_rules(self):
        others = ("kube_", "node_filesystem_", "prometheus_agent_", "ALERTS")
        optional = {name for name in used() if name.startswith(others)}
        self.assertEqual(used() - optional - basic_names() - {"up"}, set())

    def test_the_table_in_the_documentation_is_current(self):
        self.assertEqual((TESTS.parent / "docs" / "alerts.md").read_text(), page())

    def test_each_alert_has_whole_texts(self):
        """In `says` of a life."""
        said = {alert for life in lives().values() for alert in life.get("says", {})}
        self.assertEqual(set(first_by_alert()) - said, set())


def first_by_alert():
    return {alert for life in lives().values() for alert in life.get("fires", {})}


@unittest.skipUnless(SLOW > 1, "set SLOW=2")
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
        self.assertEqual(self.survivors(outages(), never, without_wait), [])

    def test_an_alert_without_a_condition(self):
        ours = [(life, flavour) for life, flavour in cases()
                if flavour == "ours" or (life, "ours") not in cases()]
        left = self.survivors(ours, without_conditions)
        self.assertEqual([one for one in left if one not in EQUIVALENT], [])


if __name__ == "__main__":
    unittest.main()
