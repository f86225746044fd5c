"""What metrics.md wants of a recording, computed a second time and in another way."""

import json
import re
from collections import Counter

from exposition import labels_key

BITSWAP = {
    "ipfs_bitswap_received_blocks_total": "BlocksReceived",
    "ipfs_bitswap_received_bytes_total": "DataReceived",
    "ipfs_bitswap_sent_blocks_total": "BlocksSent",
    "ipfs_bitswap_sent_bytes_total": "DataSent",
    "ipfs_bitswap_received_duplicate_blocks_total": "DupBlksReceived",
    "ipfs_bitswap_received_duplicate_bytes_total": "DupDataReceived",
    "ipfs_bitswap_received_messages_total": "MessagesReceived",
}
DIRECTIONS = {1: "inbound", 2: "outbound"}
# Of several in one address the first of these names the transport.
TRANSPORTS = ("p2p-circuit", "webtransport", "webrtc-direct", "wss", "ws", "quic-v1", "quic",
              "tcp")
BANDWIDTH_PROTOCOLS = {
    "/ipfs/bitswap/1.2.0", "/ipfs/kad/1.0.0", "/ipfs/lan/kad/1.0.0", "/ipfs/id/1.0.0",
    "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/meshsub/1.1.0", "/meshsub/1.2.0",
    "/meshsub/1.3.0", "/libp2p/circuit/relay/0.2.0/hop", "/libp2p/circuit/relay/0.2.0/stop"}
BUCKETS = ("0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1",
           "2.5", "5", "10", "+Inf")
UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
UNLIMITED = 2**64 - 1


class Answers:
    """The recorded answers by call, as JSON; None where there was no good one."""

    def __init__(self, calls):
        self._calls = {(call["path"], call["query"]): call for call in calls
                       if call["method"] == "POST"}

    def get(self, path, query=""):
        call = self._calls.get((f"/api/v0/{path}", query))
        return json.loads(call["body"]) if call and call["status"] == 200 else None


def go_seconds(text):
    """Seconds of a Go duration such as 1m2.5s; None if it is not one."""
    parts = re.findall(r"([\d.]+)(ns|µs|ms|s|m|h)", text)
    return sum(float(number) * UNITS[unit] for number, unit in parts) if parts else None


def transport(multiaddr):
    words = multiaddr.split("/")
    return next((name for name in TRANSPORTS if name in words), "other")


def health(answers):
    yield "ipfs_up", {}, 1
    yield "ipfs_daemon_restarts_total", {}, 0
    if answers.get("diag/healthy") == "ok":
        yield "ipfs_healthy", {}, 1


def identity(answers):
    version, node = answers.get("version"), answers.get("id")
    yield "ipfs_daemon_info", {
        "version": version["Version"], "commit": version["Commit"],
        "repo_version": version["Repo"], "system": version["System"],
        "go_version": version["Golang"], "agent": node["AgentVersion"]}, 1
    yield "ipfs_node_info", {"peer_id": node["ID"]}, 1
    for name, field in (("addresses", "Addresses"), ("protocols", "Protocols")):
        if node[field] is not None:
            yield f"ipfs_node_{name}", {}, len(node[field])


def bandwidth(answers):
    totals = answers.get("stats/bw")
    yield "ipfs_bandwidth_received_bytes_total", {}, totals["TotalIn"]
    yield "ipfs_bandwidth_sent_bytes_total", {}, totals["TotalOut"]


def bandwidth_protocols(answers):
    for protocol in BANDWIDTH_PROTOCOLS:
        totals = answers.get("stats/bw", f"proto={protocol}") or {"TotalIn": 0, "TotalOut": 0}
        if totals["TotalIn"] or totals["TotalOut"]:
            labels = {"protocol": protocol}
            yield "ipfs_bandwidth_protocol_received_bytes_total", labels, totals["TotalIn"]
            yield "ipfs_bandwidth_protocol_sent_bytes_total", labels, totals["TotalOut"]


def swarm(answers):
    connections = answers.get("swarm/peers", "latency=true&direction=true&streams=true")["Peers"]
    yield "ipfs_swarm_peers", {}, len({connection["Peer"] for connection in connections})
    kinds = Counter((DIRECTIONS.get(connection.get("Direction"), "unknown"),
                     transport(connection["Addr"])) for connection in connections)
    for (direction, kind), count in kinds.items():
        yield "ipfs_swarm_connections", {"direction": direction, "transport": kind}, count
    known = BANDWIDTH_PROTOCOLS.union(answers.get("id")["Protocols"])
    streams = Counter(stream["Protocol"] if stream["Protocol"] in known else "other"
                      for connection in connections
                      for stream in connection.get("Streams") or [])
    for protocol, count in streams.items():
        yield "ipfs_swarm_streams", {"protocol": protocol}, count
    yield from latency_histogram(connections)


def latency_histogram(connections):
    name = "ipfs_swarm_peer_latency_seconds"
    of_peer = {connection["Peer"]: go_seconds(connection.get("Latency", ""))
               for connection in connections}
    known = [seconds for seconds in of_peer.values() if seconds is not None]
    for bound in BUCKETS:
        within = sum(seconds <= float(bound) for seconds in known)
        yield f"{name}_bucket", {"le": bound}, within
    yield f"{name}_sum", {}, sum(known)
    yield f"{name}_count", {}, len(known)


def bitswap(answers):
    stat = answers.get("bitswap/stat")
    yield "ipfs_bitswap_wantlist_blocks", {}, len(stat["Wantlist"] or [])
    yield "ipfs_bitswap_partners", {}, len(stat["Peers"] or [])
    for name, field in BITSWAP.items():
        if field in stat:
            yield name, {}, stat[field]


def repo(answers):
    stat = answers.get("repo/stat", "size-only=true")
    yield "ipfs_repo_size_bytes", {}, stat["RepoSize"]
    if stat["StorageMax"] != UNLIMITED:
        yield "ipfs_repo_storage_max_bytes", {}, stat["StorageMax"]


TRANSLATORS = {"health": health, "identity": identity, "bandwidth": bandwidth,
               "bandwidth_protocols": bandwidth_protocols,
               "swarm": swarm, "bitswap": bitswap, "repo": repo}


def expected(collector, calls):
    """The series of one collector: {(sample name, labels): value}."""
    samples = TRANSLATORS[collector](Answers(calls))
    return {(name, labels_key(labels)): value for name, labels, value in samples}
