#!/usr/bin/env python3
"""The rules: valid, tried by lives, explained, and only of metrics that exist."""

import re
import subprocess
import unittest

from alert_rules import FILES, PATIENCE, RULES, promtool, rules
from dashboards import targets
from dashboards_metrics import by_job
from kit import REPOSITORY, needs_promtool, needs_tools
from lives_kit import lives, used

RUNBOOKS = RULES.parent / "runbooks.md"
URL = "https://github.com/ipfs-peer-exporter/ipfs_peer_exporter/blob/main/monitoring/runbooks.md#"
PROMTOOL3 = REPOSITORY / "build" / "tools" / "prometheus" / "promtool"
# Metrics of others, by the beginning of their names: kube-state-metrics, node_exporter, Prometheus.
OTHERS = ("kube_", "node_filesystem_", "prometheus_", "alertmanager_")


@needs_tools
class RulesTest(unittest.TestCase):
    @needs_promtool
    def test_promtool_has_nothing_to_say(self):
        done = promtool("check", "rules", "--lint=all", "--lint-fatal", *map(str, FILES))
        self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipUnless(PROMTOOL3.exists(), "no Prometheus 3: see install_prometheus3")
    def test_prometheus_3_accepts_them(self):
        done = subprocess.run([PROMTOOL3, "check", "rules", "--lint=all", "--lint-fatal", *FILES],
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_each_alert_is_tried(self):
        tried = set().union(*(life.get("fires", {}) for life in lives().values()))
        self.assertEqual({rule["alert"] for rule in rules("alert")} - tried, set())

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

    def test_each_alert_has_a_runbook(self):
        sections = re.findall(r"^## (\w+)$", RUNBOOKS.read_text(), re.MULTILINE)
        self.assertCountEqual(sections, [rule["alert"] for rule in rules("alert")])
        for rule in rules("alert"):
            self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook_url"})
            self.assertEqual(rule["annotations"]["runbook_url"], URL + rule["alert"].lower())

    def test_severities(self):
        for rule in rules("alert"):
            self.assertEqual(set(rule["labels"]), {"severity"}, rule["alert"])
            self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info", "none"))
        self.assertEqual([rule["alert"] for rule in rules("alert")
                          if rule["labels"]["severity"] == "none"], ["Watchdog"])

    def test_no_rule_names_a_job(self):
        for kind in ("record", "alert"):
            for rule in rules(kind):
                self.assertNotRegex(rule["expr"], r"\bjob *(=|!)", rule[kind])


if __name__ == "__main__":
    unittest.main()
