"""Number of series of a busy public node with all defaults."""

import json
import unittest

from harness import IntegrationTest, recording
from answers import Answers
from fake_daemon import answers
from large_node import PROTOCOLS, has_connections

MAX_SERIES = 400
MAX_SELF_METRICS = 17 * 7 + 4  # of each collector, build_info, scrapes_total, 2 of the reload
SELF_METRICS = "ipfs_peer_exporter_"
DAEMON = "v0.44.0-dev/online"
# WAN: more buckets than labels. The LAN table of a public node is almost empty.
BUCKETS = {"wan": 30, "lan": 4}
AUTONAT = {"reachability": "Private", "nat": "double-nat", "reachable": ["/ip4/192.0.2.1"],
           "unreachable": ["/ip4/192.0.2.2"], "unknown": ["/ip4/192.0.2.3"]}
VERSION_CHECK = {"UpdateAvailable": True, "RunningVersion": "0.44.0",
                 "GreatestVersion": "0.45.0", "PeersSampled": 200, "WithGreaterVersion": 40}
BANDWIDTH = {"TotalIn": 10**12, "TotalOut": 10**12, "RateIn": 1e6, "RateOut": 1e6}

# Series of a busy node in families whose size depends on the node. With fewer series the sum
# would prove nothing.
FULL = {
    "ipfs_bandwidth_protocol_received_bytes_total": 11,
    "ipfs_swarm_connections": 18,  # 9 transports, both directions
    "ipfs_swarm_streams": 17,
    "ipfs_swarm_agent_peers": 22,  # --ipfs.top, other and unknown
    "ipfs_reachability_nat": 1,
    "ipfs_resource_connections_limit": 4,
    "ipfs_dht_bucket_peers": 28,
    "ipfs_provide_queued_workers": 4,
    "ipfs_version_update_available": 1,
}


def full_tables(exchange):
    """stats/dht of one table, every bucket full."""
    name = dict(exchange.parameters)["arg"]
    peer = {"ID": "12D3KooWPeer", "Connected": True, "AgentVersion": "kubo/0.44.0",
            "LastUsefulAt": "2026-11-22T15:26:13Z", "LastQueriedAt": "2026-11-22T15:26:13Z"}
    bucket = {"LastRefresh": "2026-11-22T15:26:08Z", "Peers": [peer] * 20}
    table = {"Name": name, "Buckets": [bucket] * BUCKETS[name]}
    answers(json.dumps(table))(exchange)


def limited(resources):
    """swarm/resources with a limit on everything."""
    return {group: {name: 1000 if value == "unlimited" else value
                    for name, value in values.items()}
            for group, values in resources.items() if group in ("System", "Transient")}


class SeriesBudgetTest(IntegrationTest):
    def busy_node(self):
        recorded = Answers(recording(DAEMON))
        node = recorded.get("id")
        node["Protocols"] = sorted({*node["Protocols"], *PROTOCOLS})
        fake = self.daemon(DAEMON)
        fake.script("swarm/peers", has_connections(3000))
        fake.script("stats/dht", full_tables)
        for path, reply in {
                "id": node, "stats/bw": BANDWIDTH, "swarm/addrs/autonat": AUTONAT,
                "version/check": VERSION_CHECK,
                "swarm/resources": limited(recorded.get("swarm/resources")),
                "provide/stat": recorded.get("provide/stat", "lan=true")}.items():
            fake.script(path, answers(json.dumps(reply)))
        return fake

    def test_a_busy_public_node(self):
        exporter = self.exporter(
            f"--ipfs.api={self.busy_node().url}", "--ipfs.budget=0",
            "--collector.ipfs.agents=500ms", "--collector.ipfs.version_check=1s")
        exporter.wait_collectors()
        on = {dict(labels)["collector"].removeprefix("ipfs.") for labels in exporter.page().series(
            "ipfs_peer_exporter_collector_interval_seconds")}
        for name in on:
            exporter.wait_poll(f"ipfs.{name}", result="ok")
        after = 0
        for _ in range(3):
            after = exporter.wait_poll("ipfs.agents", after)["at"]
        page = exporter.page()
        for family, count in FULL.items():
            with self.subTest(family):
                self.assertEqual(len(page.series(family)), count)
        samples = [name for name, _ in page.samples()]
        own = [name for name in samples if name.startswith(SELF_METRICS)]
        with self.subTest("self-metrics"):
            self.assertLessEqual(len(own), MAX_SELF_METRICS)
        with self.subTest("all"):
            self.assertLessEqual(len(samples), MAX_SERIES)


if __name__ == "__main__":
    unittest.main()
