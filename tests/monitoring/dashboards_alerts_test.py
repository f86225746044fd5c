#!/usr/bin/env python3
"""Panels have the colours of the alerts, lead to them, and no tile is always green."""

import re
import sys
import unittest

import dashboards
from alert_rules import rules
from dashboards import FOLDER, panels
from kit import needs_tools

sys.path.insert(0, str(FOLDER))

import alerts  # noqa: E402

TILES = ("stat", "gauge", "bargauge")


def every_panel():
    for uid, one in dashboards.load().items():
        for _, panel in panels(one):
            yield uid, panel


@needs_tools
class AlertsTest(unittest.TestCase):
    """The colours change at the thresholds of the alerts, which are read from the rules."""

    def test_the_rules_are_read_as_a_parser_of_yaml_reads_them(self):
        read = {name: (one.severity, one.expression, one.runbook)
                for name, one in alerts.ALERTS.items()}
        self.assertEqual(read, {
            one["alert"]: (one["labels"]["severity"], " ".join(one["expr"].split()),
                           one["annotations"].get("runbook_url"))
            for one in rules("alert")})

    def test_the_outermost_comparison_counts(self):
        for expression, found in (
                ("a > 3", (">", 3)), ("a == 0 and b > 1", ("==", 0)),
                ("a / (b > 0) < -0.5 unless c == 1", ("<", -0.5)),
                ("sum by (x) (a{b=\"1\"} >= 1e-3)", (">=", 0.001)),
                ("a > 0.5 * b", None), ("a > b and c > 1", None)):
            self.assertEqual(alerts.comparison(expression), found, expression)

    def test_colours(self):
        def steps(*limits):
            return [(one["value"], one["color"]) for one in alerts.steps(limits)]
        self.assertEqual(steps(), [(None, "green")])
        self.assertEqual(steps((">", 1, "orange"), (">=", 2, "red")),
                         [(None, "green"), (1.001, "orange"), (2, "red")])
        self.assertEqual(steps(("<", 1, "orange"), ("<", 0.5, "red"), (">", 2, "red")),
                         [(None, "red"), (0.5, "orange"), (1, "green"), (2.001, "red")])
        self.assertEqual(steps(("==", 0, "red")), [(None, "red"), (0.001, "green")])
        self.assertEqual(steps(("==", 1, "red")), [(None, "green"), (1, "red")])

    def test_a_panel_has_the_colours_of_alerts_on_its_value_only(self):
        query = "min(ipfs_repo_volume_available_bytes{@ipfs} / ipfs_repo_size_bytes{@ipfs})"
        self.assertEqual(alerts.limits(["IpfsRepoVolumeFull"], query), [("<", 0.03, "red")])
        for name in ("IpfsDaemonUnreachable", "IpfsSwarmFewPeers"):
            with self.assertRaises(ValueError):
                alerts.limits([name], query)

    def test_every_alert_is_linked_from_a_panel(self):
        linked = {name for _, panel in every_panel() for link in panel.get("links", [])
                  for name in re.findall(r"search=(\w+)", link["url"])}
        self.assertEqual(set(alerts.ALERTS) - linked, set())

    def test_alerts_that_are_named_are_linked_with_their_runbook(self):
        for uid, panel in every_panel():
            named = re.findall(r"\*\*Alerts\*\* ([\w, ]+):", panel["description"])
            urls = [link["url"] for link in panel.get("links", [])]
            for name in named[0].split(", ") if named else ():
                with self.subTest(f"{uid}: {panel['title']}: {name}"):
                    self.assertIn(f"/alerting/list?search={name}", urls)
                    self.assertIn(alerts.ALERTS[name].runbook, urls)


class TilesTest(unittest.TestCase):
    def test_no_tile_is_always_green(self):
        for uid, panel in every_panel():
            if panel["type"] in TILES:
                steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
                self.assertGreater(len(steps), 1, f"{uid}: {panel['title']}")

    def test_yes_and_no_have_colours_of_their_own(self):
        """A threshold on something else, like minutes of outage, would colour them wrongly."""
        for uid, panel in every_panel():
            if panel["type"] == "state-timeline":
                for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]:
                    self.assertTrue(0 < step["value"] <= 1, f"{uid}: {panel['title']}")

    def test_colours_get_worse(self):
        """From red over orange to green, from green over orange to red, or both."""
        for uid, panel in every_panel():
            steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
            bad = [("green", "blue", "orange", "red").index(one["color"]) for one in steps]
            best = bad.index(0)
            self.assertEqual(bad[:best], sorted(bad[:best], reverse=True), panel["title"])
            self.assertEqual(bad[best:], sorted(bad[best:]), panel["title"])


if __name__ == "__main__":
    unittest.main()
