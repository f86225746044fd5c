#!/usr/bin/env python3
"""Prometheus' configuration is valid and keeps every metric that is asked for."""

import json
import pathlib
import re
import sys
import tempfile
import unittest

import kit

sys.path.append(str(kit.REPOSITORY / "tests" / "monitoring"))

from alert_rules import promtool, rules  # noqa: E402
from dashboards import selectors, targets  # noqa: E402
from dashboards_metrics import OF_PROMETHEUS, by_job, native, samples  # noqa: E402
from kit import (  # noqa: E402
    TARGETS, needs_promtool, needs_tools, prometheus_files, scrape_configs, yaml)

KUBELET_METRICS = kit.REPOSITORY / "tests/monitoring/dashboards_kubelet_metrics.txt"
LOCAL = "k8s/overlays/local"
JOBS = {"kubernetes", "ipfs", "peer", "ipfs-native"}
OWN = {"prometheus", "alertmanager"}  # of those who watch
BY_SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/"


def pages(metric):
    """The kubelet pages that have the metric; only cAdvisor's if that has it too."""
    name = re.sub("_(bucket|sum|count)$", "", metric)
    found = {line.split()[0] for line in KUBELET_METRICS.read_text().splitlines()
             if line.split()[1] in (name, metric)}
    return {"/metrics/cadvisor"} if "/metrics/cadvisor" in found else found


def job_of(config):
    """The label `job` of a scrape job."""
    named = [one["replacement"] for one in config.get("relabel_configs", [])
             if one.get("target_label") == "job"]
    return named[0] if named else config["job_name"]


def of_pods(target):
    """The scrape jobs of pods, with what each of them discovers."""
    return [(one, found) for one in scrape_configs(target)
            for found in one.get("kubernetes_sd_configs", []) if found["role"] == "pod"]


def without_kubernetes(config, folder):
    """The configuration for Debian's promtool, which has no Kubernetes service discovery."""
    text = json.dumps({**config, "static_configs": [{"targets": ["127.0.0.1:1"]}]})
    made = json.loads(text.replace(BY_SERVICE_ACCOUNT, f"{folder}/"))
    made.pop("kubernetes_sd_configs", None)
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
            if texts:
                self.assertEqual(whole["rule_files"], ["/etc/prometheus/rules/*.yml"])
                whole["rule_files"] = [f"{folder}/{name}" for name in texts]
            for name, text in texts.items():
                pathlib.Path(folder, name).write_text(text)
            whole["scrape_configs"] = configs
            pathlib.Path(folder, "all.yml").write_text(json.dumps(whole))
            agent = ["--agent"] if "--agent" in kit.prometheus_arguments(target) else []
            return promtool("check", "config", *agent, f"{folder}/all.yml")

    def test_promtool_accepts_it(self):
        for target in TARGETS:
            done = self.check(target)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_promtool_would_not(self):
        done = self.check("k8s", lambda configs: configs[0].update(bogus=1))
        self.assertIn("field bogus not found", done.stderr)

    def test_jobs(self):
        for target in TARGETS:
            self.assertEqual({job_of(one) for one in scrape_configs(target)} - OWN, JOBS)

    def test_the_exporter_is_found(self):
        """The jobs keep the container and port of the sidecar, also as an init container."""
        pod = {"__meta_kubernetes_pod_container_name": "exporter",
               "__meta_kubernetes_pod_container_port_name": "metrics"}
        for one, _ in of_pods(LOCAL):
            (keep,) = (step for step in one["relabel_configs"] if step.get("action") == "keep")
            self.assertRegex(";".join(pod[label] for label in keep["source_labels"]),
                             f"^(?:{keep['regex']})$")
            self.assertNotIn("container_init", str(one))
        (exporter,) = (
            one for one in kit.pick(kit.rendered(LOCAL), "Deployment", "peer")
            ["spec"]["template"]["spec"]["initContainers"] if one["name"] == "exporter")
        self.assertEqual(exporter["ports"], [{"name": "metrics", "containerPort": 10055}])

    def test_pods_are_looked_for_where_the_peers_are(self):
        for target in TARGETS:
            found = [pods["namespaces"]["names"] for _, pods in of_pods(target)]
            self.assertEqual(found, 3 * [[kit.NAMES[target]["peers"]]], target)

    def test_jobs_of_pods_label_alike(self):
        found = [one["relabel_configs"] for one, _ in of_pods(LOCAL)]
        self.assertEqual(len(found), 3)
        self.assertTrue(all(one == found[0] for one in found))

    def test_what_is_asked_for_is_stored(self):
        """Drop lists and keep lists keep the metrics of all panels and alerts."""
        asked = {one.metric for _, _, _, query in targets() for one in selectors(query)}
        asked |= {one.metric for kind in ("record", "alert")
                  for rule in rules(kind) for one in selectors(rule["expr"])}
        jobs = by_job()
        for config in (one for target in TARGETS for one in scrape_configs(target)):
            own = {metric for metric in asked & set(jobs.get(job_of(config), ()))
                   if job_of(config) != "kubernetes"
                   or config["metrics_path"] in pages(metric)} - set(OF_PROMETHEUS)
            self.assertTrue(own or config["job_name"] in OWN, config["job_name"])
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


if __name__ == "__main__":
    unittest.main()
