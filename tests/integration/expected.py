"""Expected series of a recording, computed independently of the exporter."""

import json

from expected_routing import dht, provide
from expected_swarm import (BANDWIDTH_PROTOCOLS, agents, peering, pubsub, reachability,
                            resources, swarm)
from exposition import Page, labels_key

BITSWAP = {
    "ipfs_bitswap_received_blocks_total": "BlocksReceived",
    "ipfs_bitswap_received_bytes_total": "DataReceived",
    "ipfs_bitswap_sent_blocks_total": "BlocksSent",
    "ipfs_bitswap_sent_bytes_total": "DataSent",
    "ipfs_bitswap_received_duplicate_blocks_total": "DupBlksReceived",
    "ipfs_bitswap_received_duplicate_bytes_total": "DupDataReceived",
    "ipfs_bitswap_received_messages_total": "MessagesReceived",
}
KILOBYTE = 1.024  # the daemon counts a kernel's kB as 1000 bytes
# Served under the exporter's names, with its own families.
NATIVE_PROCESS = {
    "process_cpu_seconds_total": "ipfs_daemon_cpu_seconds_total",
    "process_resident_memory_bytes": "ipfs_daemon_resident_memory_bytes",
    "process_open_fds": "ipfs_daemon_open_fds",
    "process_start_time_seconds": "ipfs_daemon_start_time_seconds",
}
NATIVE_PREFIXES = ("ipfs_", "libp2p_", "exchange_", "provider_", "rpc_")
UNLIMITED = 2**64 - 1


class Answers:
    """The recorded replies by call; None for a failed call."""

    def __init__(self, calls):
        self._bodies = {(call["method"], call["path"], call["query"]): call["body"]
                        for call in calls if call["status"] == 200}

    def get(self, path, query=""):
        """As JSON."""
        text = self._bodies.get(("POST", f"/api/v0/{path}", query))
        return json.loads(text) if text else None

    def lines(self, path, query):
        """As a stream of JSON, one value per line; it may be empty."""
        text = self._bodies["POST", f"/api/v0/{path}", query]
        return [json.loads(line) for line in text.splitlines()]

    def metrics(self):
        """The daemon's own metrics."""
        return Page(self._bodies["GET", "/debug/metrics/prometheus", ""])


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
    # null when offline, which means unknown and not empty.
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


def objects(answers):
    yield "ipfs_repo_objects", {}, answers.get("repo/stat")["NumObjects"]


def pins(answers):
    for kind in ("recursive", "direct"):
        found = answers.lines("pin/ls", f"type={kind}&stream=true")
        yield "ipfs_pins", {"type": kind}, sum(pin["Type"] == kind for pin in found)


def mfs(answers):
    root = answers.get("files/stat", "arg=/")
    yield "ipfs_mfs_size_bytes", {}, root["CumulativeSize"]
    yield "ipfs_mfs_root_links", {}, root["Blocks"]


def system(answers):
    diag = answers.get("diag/sys")
    yield "ipfs_daemon_goroutines", {}, diag["runtime"]["numgoroutines"]
    yield "ipfs_daemon_virtual_memory_bytes", {}, diag["memory"]["virt"] * KILOBYTE
    yield "ipfs_daemon_swap_bytes", {}, diag["memory"]["swap"] * KILOBYTE
    yield "ipfs_repo_volume_available_bytes", {}, diag["diskinfo"]["total_space"]
    yield "ipfs_repo_volume_free_bytes", {}, diag["diskinfo"]["free_space"]


def version_check(answers):
    check = answers.get("version/check")
    others = check["PeersSampled"] - 1  # the node counts itself
    if others > 0:
        yield "ipfs_version_update_available", {}, check["UpdateAvailable"]
        yield "ipfs_version_peers_sampled", {}, others
        yield "ipfs_version_newer_peers", {}, check["WithGreaterVersion"]


def remote_pins(answers):
    for service in answers.get("pin/remote/service/ls", "stat=true")["RemoteServices"]:
        labels, stat = {"service": service["Service"]}, service["Stat"]
        yield "ipfs_remote_service_up", labels, stat["Status"] == "valid"
        for status, count in stat.get("PinCount", {}).items():
            yield "ipfs_remote_pins", labels | {"status": status.lower()}, count


def keys(answers):
    yield "ipfs_keys", {}, len(answers.get("key/list")["Keys"])


def p2p(answers):
    yield "ipfs_p2p_listeners", {}, len(answers.get("p2p/ls")["Listeners"])
    yield "ipfs_p2p_streams", {}, len(answers.get("p2p/stream/ls")["Streams"] or [])


def native(answers):
    """The daemon's own metrics as served on /metrics/native and on /metrics."""
    for (name, labels), value in answers.metrics().samples().items():
        labels = dict(labels)
        if name.startswith(NATIVE_PREFIXES) and "/" not in labels.get("subscriber_name", ""):
            yield name, labels, value
        elif name in NATIVE_PROCESS:
            yield NATIVE_PROCESS[name], labels, value


TRANSLATORS = {translator.__name__: translator for translator in (
    health, identity, bandwidth, bandwidth_protocols, swarm, agents, peering, reachability,
    resources, bitswap, repo, objects, pins, dht, provide, mfs, pubsub, system, version_check,
    remote_pins, keys, p2p, native)}


def expected(collector, calls):
    """The series of one collector: {(sample name, labels): value}."""
    samples = TRANSLATORS[collector](Answers(calls))
    return {(name, labels_key(labels)): value for name, labels, value in samples}
