#!/usr/bin/env python3
"""The rules: valid, tested, and only for metrics that exist."""

import pathlib
import re
import tempfile
import unittest

from alert_rules import FILES, RULES, promtool, rules, yaml
from dashboards import bare_names, targets
from dashboards_metrics import by_job
from kit import needs_promtool, needs_tools

RULE_TESTS = sorted((pathlib.Path(__file__).resolve().parent / "rules").glob("*.yml"))
RUNBOOKS = RULES.parent / "runbooks.md"
JOB = re.compile(r'\bjob(=~?)"([^"]*)"')


@needs_tools
@needs_promtool
class RulesTest(unittest.TestCase):
    def run_tests(self, change=lambda text: text):
        """promtool's tests of the rules, whose text may be changed before."""
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "rules").mkdir()
            for path in FILES:
                pathlib.Path(folder, "rules", path.name).write_text(change(path.read_text()))
            for path in RULE_TESTS:
                pathlib.Path(folder, path.name).write_text(path.read_text())
            return promtool("test", "rules", *(path.name for path in RULE_TESTS), folder=folder)

    def test_promtool_has_nothing_to_say(self):
        done = promtool("check", "rules", "--lint=all", "--lint-fatal",
                        *map(str, FILES))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_alerts_fire_stay_quiet_and_resolve(self):
        done = self.run_tests()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_alert_was_tried(self):
        """Every alert is inactive before, fires with its labels and texts, and resolves."""
        cases = [case for path in RULE_TESTS
                 for test in yaml.safe_load(path.read_text())["tests"]
                 for case in test.get("alert_rule_test", [])]
        for rule in rules("alert"):
            fires = [bool(case.get("exp_alerts")) for case in cases
                     if case["alertname"] == rule["alert"]]
            self.assertEqual((fires[0], True in fires, fires[-1]), (False, True, False),
                             rule["alert"])

    def test_each_wait_is_tried(self):
        """Without its `for`, each alert would fire too early in its test."""
        done = self.run_tests(
            lambda text: re.sub(r"^ +for: .*\n", "", text, flags=re.MULTILINE))
        early = set(re.findall(r"alertname: (\w+)", done.stdout + done.stderr))
        self.assertEqual({rule["alert"] for rule in rules("alert") if "for" in rule} - early,
                         set())

    def test_each_recording_rule_is_used(self):
        """By an alert, by another recording rule, or by a dashboard."""
        users = [rule["expr"] for kind in ("alert", "record") for rule in rules(kind)]
        users += [query for _, _, _, query in targets()]
        for name in {rule["record"] for rule in rules("record")}:
            self.assertTrue(any(re.search(rf"{name}\b", one) for one in users), name)

    def test_every_metric_exists_in_its_job(self):
        jobs = by_job()
        recorded = {rule["record"] for rule in rules("record")}
        for kind in ("record", "alert"):
            for rule in rules(kind):
                with self.subTest(rule[kind]):
                    self.assertLessEqual(set(bare_names(rule["expr"])), recorded)
                    for metric, matchers in re.findall(r"([\w:]+)\{([^}]*)\}", rule["expr"]):
                        how, wanted = JOB.search(matchers).groups()
                        pattern = wanted if how == "=~" else re.escape(wanted)
                        chosen = [job for job in jobs if re.fullmatch(pattern, job)]
                        self.assertTrue(chosen, wanted)
                        for job in chosen:
                            self.assertIn(metric, jobs[job])

    def test_each_alert_has_a_runbook(self):
        sections = re.findall(r"^## (\w+)$", RUNBOOKS.read_text(), re.MULTILINE)
        self.assertCountEqual(sections, [rule["alert"] for rule in rules("alert")])
        for rule in rules("alert"):
            self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook"})
            self.assertEqual(rule["annotations"]["runbook"],
                             f"monitoring/runbooks.md#{rule['alert'].lower()}")
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))


if __name__ == "__main__":
    unittest.main()
