"""The calls that the exporter may make; it makes no other calls."""

from urllib.parse import unquote

from expected_swarm import BANDWIDTH_PROTOCOLS, PUBSUB_TOPIC, PUBSUB_TOPIC_MULTIBASE

# By collector; the empty name is for calls after a start of the daemon.
CALLS = {
    "": ["commands"],
    "health": ["version", "diag/healthy"],
    "identity": ["version", "id"],
    "bandwidth": ["stats/bw"],
    "bandwidth_protocols": [f"stats/bw?proto={name}" for name in sorted(BANDWIDTH_PROTOCOLS)],
    "swarm": ["swarm/peers?latency=true&direction=true&streams=true"],
    "agents": ["swarm/peers?identify=true"],
    "peering": ["swarm/peering/ls"],
    "reachability": ["swarm/addrs/autonat"],
    "resources": ["swarm/resources", "swarm/stats?arg=all", "swarm/stats?arg=system",
                  "swarm/limit?arg=all", "swarm/limit?arg=system"],
    "bitswap": ["bitswap/stat"],
    "repo": ["repo/stat?size-only=true"],
    "objects": ["repo/stat"],
    "pins": ["pin/ls?type=recursive&stream=true", "pin/ls?type=direct&stream=true"],
    "dht": ["stats/dht?arg=wan", "stats/dht?arg=lan"],
    "provide": ["provide/stat", "provide/stat?lan=true", "stats/provide", "stats/reprovide"],
    "mfs": ["files/stat?arg=/"],
    "pubsub": ["pubsub/ls", "pubsub/peers",
               *(f"pubsub/peers?arg={name}" for name in (PUBSUB_TOPIC, PUBSUB_TOPIC_MULTIBASE))],
    "system": ["diag/sys"],
    "version_check": ["version/check"],
    "remote_pins": ["pin/remote/service/ls?stat=true"],
    "keys": ["key/list"],
    "p2p": ["p2p/ls", "p2p/stream/ls"],
}
RELAYED = ("GET", "/debug/metrics/prometheus")  # the call of ipfs.native


def foreign(calls, *collectors):
    """The calls to a fake daemon that none of these collectors makes."""
    allowed = {("POST", f"/api/v0/{target}")
               for name in ("", *collectors) for target in CALLS.get(name, [])}
    if "native" in collectors:
        allowed.add(RELAYED)
    return {(method, unquote(target)) for method, target in calls} - allowed
