"""ipfs.swarm with recorded daemons."""

import re
from collections import Counter

from answers import ALL
from collectors.bandwidth_protocols import PROTOCOLS

UNSUPPORTED = {"offline": ALL}
JS_IPFS = True

DIRECTIONS = {1: "inbound", 2: "outbound"}
# If an address has several of these, the first in this list is the transport.
TRANSPORTS = ("p2p-circuit", "webtransport", "webrtc-direct", "wss", "ws", "quic-v1", "quic",
              "tcp")
BUCKETS = ("0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0",
           "2.5", "5.0", "10.0", "+Inf")
UNITS = {"ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


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


def expected(answers):
    yield "ipfs_swarm_peers", {}, len({one["Peer"] for one in connections(answers)})
    kinds = Counter((DIRECTIONS.get(one.get("Direction"), "unknown"), transport(one["Addr"]))
                    for one in connections(answers))
    for (direction, kind), count in kinds.items():
        yield "ipfs_swarm_connections", {"direction": direction, "transport": kind}, count
    known = PROTOCOLS.union(answers.get("id")["Protocols"])
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
