#!/usr/bin/env python3
"""monitoring/alertmanager.yml: who is told of what, and one page for one lost node."""

import re
import subprocess
import unittest

from alert_rules import PATIENCE, rules, yaml
from alertmanager_server import CONFIG, alertmanager, needs_alertmanager
from kit import needs_tools

RECEIVERS = {"critical": "pages", "warning": "tickets", "info": "nobody", "none": "watchdog"}
SEVERITIES = {rule["alert"]: rule["labels"]["severity"] for rule in rules("alert")}


def alert(name, **labels):
    return {"alertname": name, "severity": SEVERITIES[name], "cluster": "c", **labels}


def of_peer(name, pod, node):
    return alert(name, instance=f"peers/{pod}", namespace="peers", pod=pod, node=node)


def amtool(*arguments):
    return subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False,
                          timeout=PATIENCE)


@needs_tools
@needs_alertmanager
class ConfigTest(unittest.TestCase):
    def test_amtool_accepts_it(self):
        done = amtool("check-config", CONFIG)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_alert_goes_to_the_receiver_of_its_severity(self):
        for name, severity in SEVERITIES.items():
            done = amtool("config", "routes", "test", f"--config.file={CONFIG}",
                          f"--verify.receivers={RECEIVERS[severity]}",
                          f"alertname={name}", f"severity={severity}")
            self.assertEqual(done.returncode, 0, f"{name}: {done.stdout}{done.stderr}")

    def test_each_name_in_it_is_of_an_alert(self):
        """A pattern matches at least one alert; so does each of its alternatives."""
        texts = [matcher for rule in yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
                 for matcher in rule["source_matchers"] + rule["target_matchers"]]
        patterns = [part for text in texts if text.startswith("alertname")
                    for part in re.split("!=|=~|!~|=", text)[1].strip('"').split("|")]
        self.assertGreater(len(patterns), 10)
        for pattern in patterns:
            self.assertTrue([name for name in SEVERITIES if re.fullmatch(pattern, name)], pattern)


# What fires first, another alert, and whether the first inhibits it.
VOLUME = {"namespace": "monitoring", "persistentvolumeclaim": "data"}
CONTAINER = {"namespace": "peers", "pod": "a", "container": "ipfs"}
PAIRS = [
    (alert("NodeDown", node="n"), of_peer("ExporterDown", "a", "n"), True),
    (alert("NodeDown", node="n"), of_peer("ExporterDown", "b", "m"), False),
    (alert("NodeUnreachable", node="n"), of_peer("ExporterDown", "a", "n"), True),
    (alert("NodeUnreachable", node="n"), alert("NodeDown", node="n"), False),
    (alert("NodeDown", node="n"), alert("ExporterDown", instance="10.0.0.1:10055"), False),
    (alert("NodeDown", node="n"), {**of_peer("ExporterDown", "a", "n"), "cluster": "d"}, False),
    (alert("NodeDown", node="n"), alert("PeersMostlyMissing", namespace="peers"), True),
    (alert("NodeDown", node="n"), alert("Watchdog"), False),
    (of_peer("ExporterDown", "a", "n"), of_peer("IpfsDaemonUnreachable", "a", "n"), True),
    (of_peer("ExporterDown", "a", "n"), of_peer("PeerStatsUnreachable", "a", "n"), True),
    (of_peer("ExporterDown", "a", "n"), of_peer("IpfsDaemonUnreachable", "b", "n"), False),
    (of_peer("ExporterDown", "a", "n"), of_peer("ExporterDown", "b", "n"), False),
    (of_peer("IpfsDaemonUnreachable", "a", "n"), of_peer("IpfsSwarmIsolated", "a", "n"), True),
    (of_peer("IpfsDaemonUnreachable", "a", "n"), of_peer("PeerTrainingStalled", "a", "n"), False),
    (of_peer("PeerStatsUnreachable", "a", "n"), of_peer("PeerTrainingStalled", "a", "n"), True),
    (alert("PeerStatsUnreachable", instance="i", peer="x"),
     alert("PeerTrainingStalled", instance="i", peer="y"), False),
    (alert("ContainerOOMKilled", **CONTAINER),
     alert("ContainerMemoryNearLimit", **CONTAINER), True),
    (alert("PersistentVolumeFull", **VOLUME), alert("PersistentVolumeFillingUp", **VOLUME), True),
    (alert("PersistentVolumeFull", **VOLUME),
     alert("PersistentVolumeFillingUp", **{**VOLUME, "namespace": "peers"}), False),
    (alert("NodeDiskFull", node="n", instance="n", device="a"),
     alert("NodeDiskAlmostFull", node="n", instance="n", device="a"), True),
    (alert("PeersMostlyMissing", namespace="peers"),
     alert("PeersMissing", namespace="peers"), True),
    (alert("PrometheusScrapesNothing"), of_peer("ExporterDown", "a", "n"), True),
    (alert("PrometheusScrapesNothing"), alert("PersistentVolumeFull", **VOLUME), False),
]


@needs_tools
@needs_alertmanager
class InhibitionTest(unittest.TestCase):
    def test_pairs(self):
        """Each pair is in a cluster of its own, so that one Alertmanager tries them all."""
        pairs = [[{**one, "cluster": f"{one['cluster']}{number}"} for one in pair]
                 for number, (*pair, _) in enumerate(PAIRS)]
        with alertmanager() as (server, _):
            server.fire(*(first for first, _ in pairs))
            server.fire(*(second for _, second in pairs))
            for (first, second), (*_, expected) in zip(pairs, PAIRS):
                with self.subTest(first=first, second=second):
                    self.assertEqual(server.inhibited(second), expected)
                    self.assertFalse(server.inhibited(first))

    def test_each_rule_is_tried(self):
        sources = {first["alertname"] for first, _, inhibits in PAIRS if inhibits}
        for rule in yaml.safe_load(CONFIG.read_text())["inhibit_rules"]:
            pattern = re.search('"(.*)"', rule["source_matchers"][0])[1]
            for name in pattern.split("|"):
                self.assertIn(name, sources)


@needs_tools
@needs_alertmanager
class PageTest(unittest.TestCase):
    def test_a_lost_node_with_two_peers_is_one_page(self):
        """All alerts that a peer can raise, for both, with those of the node and the fleet."""
        names = [name for name in SEVERITIES
                 if name.startswith(("Ipfs", "Peer", "Exporter")) and "Missing" not in name]
        lost = [alert("NodeUnreachable", node="n"), alert("NodeDown", node="n"),
                alert("PeersMostlyMissing", namespace="peers")]
        lost += [of_peer(name, pod, "n") for name in names for pod in "ab"]
        self.assertGreater(sum(one["severity"] == "critical" for one in lost), 6)
        other = of_peer("ExporterDown", "c", "m")
        with alertmanager() as (server, messages):
            server.fire(*lost)
            self.assertEqual(messages.get(timeout=PATIENCE),
                             ("pages", [alert("NodeDown", node="n")]))
            # Sent later, so everything of the lost node has had its time when this arrives.
            server.fire(other)
            self.assertEqual(messages.get(timeout=PATIENCE), ("pages", [other]))
            self.assertTrue(messages.empty())

    def test_one_alert_of_two_peers_is_one_page(self):
        both = [of_peer("ExporterDown", pod, "n") for pod in "ab"]
        with alertmanager() as (server, messages):
            server.fire(*both)
            receiver, found = messages.get(timeout=PATIENCE)
            self.assertEqual(receiver, "pages")
            self.assertCountEqual(found, both)


if __name__ == "__main__":
    unittest.main()
