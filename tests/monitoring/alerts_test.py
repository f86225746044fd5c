#!/usr/bin/env python3
"""The rules: valid for two versions of Prometheus, with a runbook each, and tried by a life.

lives_test.py has the lives: what fires, when, and what stays quiet.
"""

import pathlib
import re
import subprocess
import unittest

from alert_rules import FILES, RULES, rules
from dashboards import targets
from dashboards_metrics import by_job
from kit import needs_promtool, needs_tools
from lives_kit import lives, used
from patience import PATIENCE

RUNBOOKS = RULES.parent / "runbooks.md"
# The only address of the runbooks; their first lines say how to replace it.
BASE = ("https://github.com/ipfs-peer-exporter/ipfs_peer_exporter/blob/main/"
        "monitoring/runbooks.md")
# Metrics of others: kube-state-metrics, node_exporter, Prometheus, Alertmanager.
OTHERS = ("kube_", "node_filesystem_", "prometheus_", "alertmanager_")
PROMTOOL_3 = RULES.parent.parent / "build" / "tools" / "prometheus" / "promtool"


@needs_tools
@needs_promtool
class RulesTest(unittest.TestCase):
    def check(self, promtool):
        done = subprocess.run([promtool, "check", "rules", "--lint=all", "--lint-fatal",
                               *map(str, FILES)], capture_output=True, text=True,
                              timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_of_debian_has_nothing_to_say(self):
        self.check("promtool")

    @unittest.skipUnless(PROMTOOL_3.exists(), "Prometheus 3 is not installed")
    def test_promtool_of_prometheus_3_has_nothing_to_say(self):
        self.check(str(PROMTOOL_3))

    def test_each_alert_fires_in_a_life(self):
        fires = {alert for life in lives().values() for alert in life.get("fires", {})}
        self.assertEqual({rule["alert"] for rule in rules("alert")} - {"Watchdog"},
                         fires - {"Watchdog"})

    def test_no_rule_depends_on_the_name_of_a_job(self):
        for kind in ("record", "alert"):
            for rule in rules(kind):
                self.assertNotRegex(rule["expr"], r"\bjob *(=|!)", rule[kind])

    def test_each_recording_rule_is_used(self):
        """By an alert, by another recording rule, or by a dashboard."""
        users = [rule["expr"] for kind in ("alert", "record") for rule in rules(kind)]
        users += [query for _, _, _, query in targets()]
        for name in {rule["record"] for rule in rules("record")}:
            self.assertTrue(any(re.search(rf"{name}\b", one) for one in users), name)

    def test_every_metric_exists(self):
        there = set().union(*by_job().values())
        self.assertEqual({name for name in used() if not name.startswith(OTHERS)}
                         - there - {"up"}, set())


class RunbooksTest(unittest.TestCase):
    def test_each_alert_has_a_runbook(self):
        sections = re.findall(r"^## (\w+)$", RUNBOOKS.read_text(), re.MULTILINE)
        alerts = [rule["alert"] for rule in rules("alert")]
        self.assertEqual(len(alerts), len(set(alerts)))
        self.assertLessEqual(set(alerts), set(sections))

    def test_texts_and_severity(self):
        for rule in rules("alert"):
            with self.subTest(rule["alert"]):
                self.assertEqual(set(rule["annotations"]),
                                 {"summary", "description", "runbook_url"})
                self.assertEqual(rule["annotations"]["runbook_url"],
                                 f"{BASE}#{rule['alert'].lower()}")
                self.assertIn(rule["labels"]["severity"],
                              ("critical", "warning", "info", "none"))

    def test_the_address_of_the_runbooks_is_documented(self):
        self.assertIn(BASE, RUNBOOKS.read_text().split("\n## ")[0])

    def test_links_lead_somewhere(self):
        text = RUNBOOKS.read_text()
        for path, anchor in re.findall(r"\]\(((?:\.\./[\w/.-]+)?)#([\w-]+)\)", text):
            page = pathlib.Path(RUNBOOKS.parent, path).read_text() if path else text
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
                       for title in re.findall(r"^#+ (.+)$", page, re.MULTILINE)}
            self.assertIn(anchor, anchors, path)


if __name__ == "__main__":
    unittest.main()
