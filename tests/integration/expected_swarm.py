"""Expected series of a recording: the node's connections and their limits.

Each is a generator: from the replies it yields (sample name, labels, value).
"""

import re
from collections import Counter

BANDWIDTH_PROTOCOLS = {
    "/ipfs/bitswap/1.2.0", "/ipfs/kad/1.0.0", "/ipfs/lan/kad/1.0.0", "/ipfs/id/1.0.0",
    "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/meshsub/1.1.0", "/meshsub/1.2.0",
    "/meshsub/1.3.0", "/libp2p/circuit/relay/0.2.0/hop", "/libp2p/circuit/relay/0.2.0/stop"}
# Value of --ipfs.pubsub-topics: a topic of every online recording.
PUBSUB_TOPIC = "exporter-test"
PUBSUB_TOPIC_MULTIBASE = "uZXhwb3J0ZXItdGVzdA"  # the same topic for daemons since 0.11

DIRECTIONS = {1: "inbound", 2: "outbound"}
# If an address has several of these, the first in this list is the transport.
TRANSPORTS = ("p2p-circuit", "webtransport", "webrtc-direct", "wss", "ws", "quic-v1", "quic",
              "tcp")
BUCKETS = ("0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1",
           "2.5", "5", "10", "+Inf")
UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}

INBOUND, OUTBOUND = {"direction": "inbound"}, {"direction": "outbound"}
# Family, family of its limit, labels, field in 0.18 and later, field in 0.13 to 0.17.
RESOURCES = (
    ("memory_bytes", "memory_limit_bytes", {}, "Memory", "Memory"),
    ("fds", "fds_limit", {}, "FD", "NumFD"),
    ("connections", "connections_limit", INBOUND, "ConnsInbound", "NumConnsInbound"),
    ("connections", "connections_limit", OUTBOUND, "ConnsOutbound", "NumConnsOutbound"),
    ("streams", "streams_limit", INBOUND, "StreamsInbound", "NumStreamsInbound"),
    ("streams", "streams_limit", OUTBOUND, "StreamsOutbound", "NumStreamsOutbound"),
)
SCOPES = ("System", "Transient")
LIMIT_WORDS = {"unlimited": None, "default": None, "blockAll": 0}
UNLIMITED_BEFORE_0_19 = 10**9


def connections(answers):
    query = "latency=true&direction=true&streams=true"
    return answers.get("swarm/peers", query)["Peers"] or []


def go_seconds(text):
    """Seconds of a Go duration such as 1m2.5s; None if it is not one."""
    parts = re.findall(r"([\d.]+)(ns|µs|ms|s|m|h)", text)
    return sum(float(number) * UNITS[unit] for number, unit in parts) if parts else None


def transport(multiaddr):
    words = multiaddr.replace("/tls/ws", "/wss").split("/")
    return next((name for name in TRANSPORTS if name in words), "other")


def swarm(answers):
    yield "ipfs_swarm_peers", {}, len({one["Peer"] for one in connections(answers)})
    kinds = Counter((DIRECTIONS.get(one.get("Direction"), "unknown"), transport(one["Addr"]))
                    for one in connections(answers))
    for (direction, kind), count in kinds.items():
        yield "ipfs_swarm_connections", {"direction": direction, "transport": kind}, count
    known = BANDWIDTH_PROTOCOLS.union(answers.get("id")["Protocols"])
    streams = Counter(stream["Protocol"] if stream["Protocol"] in known else "other"
                      for one in connections(answers) for stream in one.get("Streams") or [])
    for protocol, count in streams.items():
        yield "ipfs_swarm_streams", {"protocol": protocol}, count
    yield from latency_histogram(answers)


def latency_histogram(answers):
    name = "ipfs_swarm_peer_latency_seconds"
    of_peer = {one["Peer"]: go_seconds(one.get("Latency", "")) for one in connections(answers)}
    known = [seconds for seconds in of_peer.values() if seconds is not None]
    for bound in BUCKETS:
        within = sum(seconds <= float(bound) for seconds in known)
        yield f"{name}_bucket", {"le": bound}, within
    yield f"{name}_sum", {}, sum(known)
    yield f"{name}_count", {}, len(known)


def agent_name(text):
    """kubo/0.42.0/969853d96 as kubo/0.42; an empty agent as unknown."""
    family, version = re.match(r"([^/]*)(?:/v?(\d+\.\d+))?", text).groups()
    return "/".join(filter(None, (family, version))) or "unknown"


def agents(answers):
    """From the second poll on, when all of the few agents are shown."""
    of_peer = {one["Peer"]: agent_name(one["Identify"]["AgentVersion"])
               for one in answers.get("swarm/peers", "identify=true")["Peers"]}
    for agent, count in Counter(of_peer.values()).items():
        yield "ipfs_swarm_agent_peers", {"agent": agent}, count


def peering(answers):
    up = {one["Peer"] for one in connections(answers)}
    wanted = {one["ID"] for one in answers.get("swarm/peering/ls")["Peers"]}
    yield "ipfs_peering_peers", {"state": "connected"}, len(wanted & up)
    yield "ipfs_peering_peers", {"state": "disconnected"}, len(wanted - up)


def reachability(answers):
    autonat = answers.get("swarm/addrs/autonat")
    for state in ("public", "private", "unknown"):
        yield "ipfs_reachability", {"state": state}, autonat["reachability"].lower() == state
    for state in ("reachable", "unreachable", "unknown"):
        yield "ipfs_reachability_addresses", {"state": state}, len(autonat.get(state, []))
    if "nat" in autonat:
        yield "ipfs_reachability_nat", {"type": autonat["nat"]}, 1


def resources(answers):
    now = answers.get("swarm/resources")
    for scope in SCOPES:
        yield from resource_scope(scope, now[scope]) if now else old_scope(scope, answers)


def resource_scope(scope, values):
    for family, family_limit, labels, field, _ in RESOURCES:
        labels = labels | {"scope": scope.lower()}
        yield f"ipfs_resource_{family}", labels, values[f"{field}Usage"]
        limit = values[field]
        limit = LIMIT_WORDS[limit] if limit in LIMIT_WORDS else int(limit)
        if limit is not None:
            yield f"ipfs_resource_{family_limit}", labels, limit


def old_scope(scope, answers):
    """0.18 answers with all scopes at once; older daemons are asked for one scope.

    0.18 returns the limits of system for transient, by mistake.
    """
    used = answers.get("swarm/stats", "arg=all") or answers.get("swarm/stats", "arg=system")
    limits = (answers.get("swarm/limit", "arg=all")
              or {"System": answers.get("swarm/limit", "arg=system")})
    if scope not in used:
        return
    for family, family_limit, labels, field, field_before in RESOURCES:
        labels = labels | {"scope": scope.lower()}
        values = used[scope]
        yield f"ipfs_resource_{family}", labels, values.get(field, values.get(field_before))
        if scope == "System" and limits[scope][field] != UNLIMITED_BEFORE_0_19:
            yield f"ipfs_resource_{family_limit}", labels, limits[scope][field]


def pubsub(answers):
    def count(*call):
        return len(answers.get(*call)["Strings"] or [])

    yield "ipfs_pubsub_topics", {}, count("pubsub/ls")
    yield "ipfs_pubsub_peers", {}, count("pubsub/peers")
    plain = answers.get("pubsub/peers", f"arg={PUBSUB_TOPIC}")
    name = PUBSUB_TOPIC if plain else PUBSUB_TOPIC_MULTIBASE
    yield "ipfs_pubsub_topic_peers", {"topic": PUBSUB_TOPIC}, count("pubsub/peers", f"arg={name}")
