#!/usr/bin/env python3
"""Prometheus' configuration and rules: valid, tested, and only for metrics that exist."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import kit
from dashboards import bare_names, selectors, targets
from dashboards_metrics import by_job, native, samples
from kit import TARGETS, needs_promtool, needs_tools, prometheus_files, scrape_configs, yaml

RULES = kit.K8S / "base" / "prometheus" / "rules"
RULE_TESTS = sorted((pathlib.Path(__file__).resolve().parent / "rules").glob("*.yml"))
RUNBOOKS = kit.REPOSITORY / "docs" / "runbooks.md"
KUBELET_METRICS = pathlib.Path(__file__).with_name("dashboards_kubelet_metrics.txt")
LOCAL = "k8s/overlays/local"
JOBS = {"k8s": {"kubernetes", "ipfs", "peer"},
        LOCAL: {"kubernetes", "ipfs", "peer", "ipfs-native"}}
JOB = re.compile(r'\bjob(=~?)"([^"]*)"')
BY_SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/"


def rules(kind):
    """The recording rules ("record") or the alerts ("alert")."""
    return [rule for path in sorted(RULES.glob("*.yml"))
            for group in yaml.safe_load(path.read_text())["groups"]
            for rule in group["rules"] if kind in rule]


def pages(metric):
    """The kubelet pages that have the metric; only cAdvisor's if that has it too."""
    name = re.sub("_(bucket|sum|count)$", "", metric)
    found = {line.split()[0] for line in KUBELET_METRICS.read_text().splitlines()
             if line.split()[1] in (name, metric)}
    return {"/metrics/cadvisor"} if "/metrics/cadvisor" in found else found


def promtool(*arguments, folder=None):
    return subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=kit.PATIENCE, check=False)


def job_of(config):
    """The label `job` of a scrape job."""
    named = [one["replacement"] for one in config["relabel_configs"]
             if one.get("target_label") == "job"]
    return named[0] if named else config["job_name"]


def without_kubernetes(config, folder):
    """The configuration for Debian's promtool, which has no Kubernetes service discovery."""
    text = json.dumps({**config, "static_configs": [{"targets": ["127.0.0.1:1"]}]})
    made = json.loads(text.replace(BY_SERVICE_ACCOUNT, f"{folder}/"))
    del made["kubernetes_sd_configs"]
    return made


@needs_tools
@needs_promtool
class ConfigTest(unittest.TestCase):
    def check(self, target, change=lambda configs: None):
        """The output of promtool for the configuration of a target in one file."""
        with tempfile.TemporaryDirectory() as folder:
            for name in ("token", "ca.crt"):
                pathlib.Path(folder, name).touch()
            configs = [without_kubernetes(one, folder) for one in scrape_configs(target)]
            change(configs)
            config, texts = prometheus_files(target)
            whole = yaml.safe_load(config["prometheus.yml"])
            self.assertEqual(whole.pop("scrape_config_files"), ["scrape-*.yml"])
            self.assertEqual(whole["rule_files"], ["/etc/prometheus/rules/*.yml"])
            whole["rule_files"] = [f"{folder}/{name}" for name in texts]
            for name, text in texts.items():
                pathlib.Path(folder, name).write_text(text)
            whole["scrape_configs"] = configs
            pathlib.Path(folder, "all.yml").write_text(json.dumps(whole))
            return promtool("check", "config", f"{folder}/all.yml")

    def test_promtool_accepts_it(self):
        for target in TARGETS:
            done = self.check(target)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_promtool_would_not(self):
        done = self.check("k8s", lambda configs: configs[0].update(bogus=1))
        self.assertIn("field bogus not found", done.stderr)

    def test_jobs(self):
        for target in TARGETS:
            self.assertEqual({job_of(one) for one in scrape_configs(target)}, JOBS[target])

    def test_the_exporter_is_found(self):
        """The jobs keep the container and port of the sidecar, also as an init container."""
        pod = {"__meta_kubernetes_pod_container_name": "exporter",
               "__meta_kubernetes_pod_container_port_name": "metrics"}
        for one in scrape_configs(LOCAL):
            if one["kubernetes_sd_configs"][0]["role"] != "pod":
                continue
            self.assertEqual(one["kubernetes_sd_configs"][0]["namespaces"], {"names": ["peers"]})
            (keep,) = (step for step in one["relabel_configs"] if step.get("action") == "keep")
            self.assertRegex(";".join(pod[label] for label in keep["source_labels"]),
                             f"^(?:{keep['regex']})$")
            self.assertNotIn("container_init", str(one))
        (exporter,) = (
            one for one in kit.pick(kit.rendered(LOCAL), "Deployment", "peer")
            ["spec"]["template"]["spec"]["initContainers"] if one["name"] == "exporter")
        self.assertEqual(exporter["ports"], [{"name": "metrics", "containerPort": 10055}])

    def test_jobs_of_pods_label_alike(self):
        found = [one["relabel_configs"] for one in scrape_configs(LOCAL)
                 if one["kubernetes_sd_configs"][0]["role"] == "pod"]
        self.assertEqual(len(found), 3)
        self.assertTrue(all(one == found[0] for one in found))

    def test_what_is_asked_for_is_stored(self):
        """Drop lists and keep lists keep the metrics of all panels and alerts."""
        asked = {(one.metric, one.job) for _, _, _, query in targets()
                 for one in selectors(query)}
        asked |= {(one.metric, one.job) for kind in ("record", "alert")
                  for rule in rules(kind) for one in selectors(rule["expr"])}
        for config in (one for target in TARGETS for one in scrape_configs(target)):
            own = {metric for metric, job in asked if job == job_of(config)
                   and (job != "kubernetes" or config["metrics_path"] in pages(metric))}
            self.assertTrue(own, config["job_name"])
            for step in config.get("metric_relabel_configs", []):
                hit = {metric for metric in own if re.fullmatch(step["regex"], metric)}
                self.assertEqual(hit, own if step["action"] == "keep" else set(),
                                 config["job_name"])

    def test_the_native_keep_list_names_what_kubo_has(self):
        (config,) = (one for one in scrape_configs(LOCAL) if one["job_name"] == "ipfs-native")
        (step,) = config["metric_relabel_configs"]
        depth, parts = 0, [""]
        for letter in step["regex"]:
            depth += {"(": 1, ")": -1}.get(letter, 0)
            parts = [*parts, ""] if letter == "|" and not depth else [*parts[:-1],
                                                                     parts[-1] + letter]
        self.assertGreater(len(parts), 5)
        for part in parts:
            self.assertTrue(any(re.fullmatch(part, name) for name in samples(native())), part)


@needs_tools
@needs_promtool
class RulesTest(unittest.TestCase):
    def run_tests(self, alerts):
        """promtool's tests of the rules, with this text as alerts.yml."""
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "alerts.yml").write_text(alerts)
            pathlib.Path(folder, "recording.yml").write_text((RULES / "recording.yml").read_text())
            for path in RULE_TESTS:
                pathlib.Path(folder, path.name).write_text(path.read_text())
            return promtool("test", "rules", *(path.name for path in RULE_TESTS), folder=folder)

    def test_promtool_has_nothing_to_say(self):
        done = promtool("check", "rules", "--lint=all", "--lint-fatal",
                        *map(str, sorted(RULES.glob("*.yml"))))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_alerts_fire_stay_quiet_and_resolve(self):
        done = self.run_tests((RULES / "alerts.yml").read_text())
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
        text = (RULES / "alerts.yml").read_text()
        done = self.run_tests(re.sub(r"^ +for: .*\n", "", text, flags=re.MULTILINE))
        early = set(re.findall(r"alertname: (\w+)", done.stdout + done.stderr))
        self.assertEqual({rule["alert"] for rule in rules("alert") if "for" in rule} - early,
                         set())

    def test_each_recording_rule_is_used_or_tried(self):
        texts = "".join(path.read_text() for path in (*RULE_TESTS, RULES / "alerts.yml"))
        for rule in rules("record"):
            self.assertRegex(texts, rf"{rule['record']}\b")

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
        self.assertEqual(sections, [rule["alert"] for rule in rules("alert")])
        for rule in rules("alert"):
            self.assertEqual(set(rule["annotations"]), {"summary", "description", "runbook"})
            self.assertEqual(rule["annotations"]["runbook"],
                             f"docs/runbooks.md#{rule['alert'].lower()}")
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))


if __name__ == "__main__":
    unittest.main()
