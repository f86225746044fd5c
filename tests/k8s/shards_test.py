#!/usr/bin/env python3
"""overlays/agent and overlays/shards: nothing is evaluated on a part of the fleet, and each target
is scraped by one shard.
"""

import collections
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import kit
from kit import needs_tools, of_kind, prometheus_files, rendered, yaml
from objects import pod_spec

sys.path.append(str(kit.REPOSITORY / "tests" / "integration"))

from prometheus_server import Prometheus  # noqa: E402

PROGRAM = kit.REPOSITORY / "build" / "tools" / "prometheus" / "prometheus"
SHARDS = "k8s/overlays/shards"
KUBELETS = "shards, insecure-kubelet-tls and native and namespaces"  # scrape-kubernetes.yml differs
SENDING = sorted(set(kit.TARGETS) - set(kit.STORING))
COUNTS = (1, 2, 3)
PEERS, NODES = 60, 12
SHELLS = [[], *([["busybox"]] if shutil.which("busybox") else [])]  # the image has busybox's


def of_shard(target, shard, shards, shell=()):
    """{name: configuration} that the init container makes."""
    (script,) = (one["data"]["shard.sh"] for one in of_kind(rendered(target), "ConfigMap")
                 if "shard.sh" in one["data"])
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "from").mkdir()
        (root / "to").mkdir()
        (root / "shard.sh").write_text(script)
        for name, text in prometheus_files(target)[0].items():
            (root / "from" / name).write_text(text)
        subprocess.run([*shell, "sh", "shard.sh", "from", "to"], cwd=root, check=True,
                       timeout=kit.PATIENCE,
                       env={**os.environ, "SHARD": str(shard), "SHARDS": str(shards)})
        return {path.name: yaml.safe_load(path.read_text())
                for path in sorted((root / "to").iterdir())}


def jobs(files):
    return [job for name, file in files.items() if name.startswith("scrape-")
            for job in file["scrape_configs"]]


def discovered(role):
    """What Kubernetes would tell: pods with three ports, and nodes; on addresses of loopback."""
    if role == "node":
        return [{"targets": [f"127.0.1.{number}:1"],
                 "labels": {"__meta_kubernetes_node_name": f"node-{number}"}}
                for number in range(NODES)]
    return [{"targets": [f"127.0.0.{number + 1}:{port}"],
             "labels": {"__meta_kubernetes_pod_container_name": container,
                        "__meta_kubernetes_pod_container_port_name": name,
                        "__meta_kubernetes_pod_phase": "Running",
                        "__meta_kubernetes_namespace": "peers",
                        "__meta_kubernetes_pod_name": f"peer-{number}"}}
            for number in range(PEERS)
            for container, name, port in (("exporter", "metrics", 1), ("ipfs", "swarm", 2),
                                          ("peer", "gossip", 3))]


def offline(job, name):
    """The job under another name, with what Kubernetes would discover."""
    made = json.loads(json.dumps(job)) | {"job_name": name, "scrape_interval": "1h",
                                          "scrape_timeout": "1h"}
    for key in ("authorization", "tls_config"):
        made.pop(key, None)
    found = made.pop("kubernetes_sd_configs", [])
    if found:
        made["static_configs"] = discovered(found[0]["role"])
    return made


@needs_tools
class NothingIsEvaluatedTest(unittest.TestCase):
    """A part of the fleet fires alerts about peers that another shard scrapes."""

    def test_only_what_stores_evaluates(self):
        self.assertGreaterEqual(len(SENDING), 3)
        for target in kit.TARGETS:
            config, rules = prometheus_files(target)
            main = yaml.safe_load(config["prometheus.yml"])
            stores = target in kit.STORING
            for key in ("rule_files", "alerting"):
                self.assertEqual(key in main, stores, target)
            self.assertEqual(bool(rules), stores, target)
            self.assertEqual("--agent" in kit.prometheus_arguments(target), not stores, target)
            self.assertEqual("remote_write" in main, not stores, target)

    def test_no_rules_are_left(self):
        for target in SENDING:
            self.assertFalse([one["metadata"]["name"] for one in rendered(target)
                              if "rules" in one["metadata"]["name"]], target)

    def test_grafana_is_not_led_to_an_agent(self):
        """It has nothing to ask."""
        for target in SENDING:
            self.assertNotIn("grafana", str([one["metadata"] for one in rendered(target)]))


@needs_tools
class ScriptTest(unittest.TestCase):
    def test_the_number_of_shards_stands_in_one_place(self):
        for target in (SHARDS, KUBELETS):
            prometheus = kit.prometheus(target)
            (init,) = pod_spec(prometheus)["initContainers"]
            own = {one["name"]: one for one in init["env"]}
            self.assertEqual(own["SHARDS"]["value"], str(prometheus["spec"]["replicas"]))
            self.assertEqual(own["SHARD"]["valueFrom"]["fieldRef"]["fieldPath"],
                             "metadata.labels['apps.kubernetes.io/pod-index']")
            self.assertEqual(init["command"][-1], pod_spec(prometheus)["containers"][0]
                             ["volumeMounts"][0]["mountPath"])

    def test_all_discovered_targets_are_shared(self):
        for target in (SHARDS, KUBELETS):
            for shell in SHELLS:
                for job in jobs(of_shard(target, 1, 3, tuple(shell))):
                    steps = [one.get("action") for one in job.get("relabel_configs", [])]
                    shared = bool(job.get("kubernetes_sd_configs"))
                    self.assertEqual(steps.count("hashmod"), shared, job["job_name"])

    def test_nothing_else_changes(self):
        whole = {name: yaml.safe_load(text) for name, text in prometheus_files(SHARDS)[0].items()}
        made = of_shard(SHARDS, 1, 3)
        for job in jobs(made):
            if "relabel_configs" in job:
                job["relabel_configs"] = [one for one in job["relabel_configs"]
                                          if "__tmp_shard" not in str(one)]
        (own,) = made.pop("scrape-prometheus.yml")["scrape_configs"]
        self.assertEqual(own["static_configs"][0]["labels"], {"instance": "prometheus-1"})
        del whole["scrape-prometheus.yml"]
        self.assertEqual(made, whole)

    def test_without_its_number_no_shard_starts(self):
        for shard, shards in (("", 2), (0, "")):
            with self.assertRaises(subprocess.CalledProcessError):
                of_shard(SHARDS, shard, shards)


@needs_tools
@unittest.skipUnless(PROGRAM.exists(), "no Prometheus 3: see install_prometheus3")
class TargetsTest(unittest.TestCase):
    """A real Prometheus relabels the targets of every shard."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.jobs = [offline(job, f"{shards}/{shard}/{job['job_name']}")
                    for shards in COUNTS for shard in range(shards)
                    for job in jobs(of_shard(SHARDS, shard, shards))]
        cls.prometheus = Prometheus(pathlib.Path(folder.name), cls.jobs, PROGRAM)
        cls.addClassCleanup(cls.prometheus.close)
        cls.found = cls.wait_for_targets()

    @classmethod
    def wait_for_targets(cls):
        """{(shards, job): {address: [shards that scrape it]}}; there is no event to wait for."""
        end = time.monotonic() + kit.PATIENCE
        while not cls.all_seen() and time.monotonic() < end:
            time.sleep(0.2)
        found = collections.defaultdict(lambda: collections.defaultdict(list))
        for one in cls.prometheus.api("targets", state="active")["activeTargets"]:
            shards, shard, job = one["scrapePool"].split("/")
            found[int(shards), job][one["discoveredLabels"]["__address__"]].append(int(shard))
        return found

    @classmethod
    def all_seen(cls):
        """Whether every job has kept or dropped all of its targets."""
        kept = cls.prometheus.api("targets", state="active")["activeTargets"]
        seen = collections.Counter(one["scrapePool"] for one in kept)
        seen.update(cls.prometheus.api("targets", state="dropped")["droppedTargetCounts"])
        return all(seen[job["job_name"]] == sum(len(one["targets"])
                                                for one in job["static_configs"])
                   for job in cls.jobs)

    def test_each_target_has_one_shard(self):
        for (shards, job), owners in self.found.items():
            with self.subTest(shards=shards, job=job):
                if job == "prometheus":
                    self.assertEqual(sorted(*owners.values()), list(range(shards)))
                    continue
                self.assertEqual(len(owners), NODES if "kubernetes" in job else PEERS)
                self.assertEqual({len(one) for one in owners.values()}, {1})

    def test_no_job_is_missing(self):
        self.assertEqual(set(self.found), {(shards, job["job_name"]) for shards in COUNTS
                                           for job in kit.scrape_configs(SHARDS)})

    def test_all_pages_of_a_pod_have_the_same_shard(self):
        for shards in COUNTS:
            self.assertEqual(self.found[shards, "ipfs"], self.found[shards, "peer"])

    def test_the_shares_are_alike(self):
        for shards in COUNTS:
            sizes = collections.Counter(*zip(*self.found[shards, "ipfs"].values()))
            self.assertEqual(set(sizes), set(range(shards)))
            self.assertLess(max(sizes.values()), 1.5 * PEERS / shards + 1)


if __name__ == "__main__":
    unittest.main()
