"""Rows of IPFS metrics: the swarm, and the limits of libp2p."""

from panels import bars, heatmap, states, table, timeseries
from queries import INSTANCE, LISTED, R, quantiles, top
from tiles import CONNECTED

SLOW = "4m"  # four polls of a collector that polls each minute
IN = f"rate(ipfs_bandwidth_received_bytes_total{{@ipfs}}{R})"
OUT = f"rate(ipfs_bandwidth_sent_bytes_total{{@ipfs}}{R})"
# One peer is connected to many daemons, so a sum over daemons would count it many times.
DAEMONS = f"scalar(count({CONNECTED}))"
LATENCY = "ipfs_swarm_peer_latency_seconds_bucket{@ipfs}"


def by_protocol(way):
    return [(top(f"sum by (protocol) (rate(ipfs_bandwidth_protocol_{way}_bytes_total{{@ipfs}}{R}))",
                 key="protocol"), "{{protocol}}")]


def mean(labels, query, count=20):
    """The mean over daemons of these parts of a value."""
    return top(f"sum by ({labels}) ({query}) / {DAEMONS}", key=labels, count=count)


def usage(what):
    scope = "max without (direction)" if what == "connections" else "max without ()"
    return (f"topk({LISTED}, {scope} (ipfs_resource_{what}{{@ipfs}}"
            f" / (ipfs_resource_{what}_limit{{@ipfs}} > 0)))")


NETWORK = [
    timeseries("Bandwidth", "Bps",
               [(top(IN, by=[IN, OUT]), f"{INSTANCE} in"),
                (top(OUT, by=[IN, OUT]), f"{INSTANCE} out")], negative=".* out",
               what="Bytes over libp2p streams: received above the axis, sent below.",
               source="`stats/bw`, every 10 s; without transport overhead.",
               good="Bursts when content is exchanged.",
               do="On a plateau, see *Bandwidth in by protocol* and *Bandwidth out by protocol*."),
    timeseries("Bandwidth in by protocol", "Bps", by_protocol("received"), stacked=True,
               interval=SLOW,
               what="Bytes received by protocol, summed over the chosen daemons.",
               source="`stats/bw?proto=`, every minute, for the protocols of "
                      "--ipfs.bandwidth-protocols.", good="Bitswap is the largest.",
               do="If kad is the largest, the node serves the DHT: make it a client."),
    timeseries("Bandwidth out by protocol", "Bps", by_protocol("sent"), stacked=True,
               interval=SLOW, what="Bytes sent by protocol, summed over the chosen daemons.",
               source="`stats/bw?proto=`, every minute, for the protocols of "
                      "--ipfs.bandwidth-protocols.", good="Bitswap is the largest.",
               do="If kad is the largest, the node serves the DHT: make it a client."),
    timeseries("Connected peers", "none", [(top(CONNECTED), INSTANCE)], low=0,
               watched=["IpfsSwarmIsolated"], related=["IpfsSwarmFewPeers"],
               what="Peers that each daemon is connected to.",
               source="`swarm/peers`, every 15 s.",
               good="All other peers in a private swarm; otherwise between the marks of the "
                    "connection manager.",
               do="At 0, check the bootstrap address, the swarm key, and the firewall for port "
                  "4001."),
    timeseries("Connections", "none",
               [(mean("direction, transport", "ipfs_swarm_connections{@ipfs}"),
                 "{{direction}} {{transport}}")], stacked=True, low=0,
               what="Open connections of a daemon by direction and transport: the mean of the "
                    "chosen ones.", source="`swarm/peers`, every 15 s.",
               good="Both directions; quic where UDP is not blocked.",
               do="If none is inbound, other peers cannot reach the swarm port."),
    timeseries("Streams by protocol", "none",
               [(mean("protocol", "ipfs_swarm_streams{@ipfs}", count=10), "{{protocol}}")],
               stacked=True, low=0,
               what="Open streams of a daemon by protocol: the mean of the chosen ones. Protocols "
                    "that the daemon does not speak itself count as other.",
               source="`swarm/peers`, every 15 s.",
               good="A few for each peer.",
               do="If they grow without end, a protocol leaks streams: note its name and report "
                  "it."),
    heatmap("Peer latency", "s", [(f"sum by (le) ({LATENCY})", "{{le}}")],
            what="Distribution of the round-trip times of the connected peers, where known, over "
                 "time.", source="`swarm/peers`, every 15 s; a snapshot, not a rate.",
            good="A dark band that stays where it is.",
            do="If it moves up, the network or the CPU on this side is busy."),
    timeseries("Peer latency, quantiles", "s", quantiles(LATENCY), low=0,
               what="Median and 90th percentile of the round-trip times of the connected peers.",
               source="`swarm/peers`, every 15 s; a snapshot, not a rate.",
               good="Milliseconds in a cluster, below 0.3 s worldwide.",
               do="If it rises everywhere, first see *Daemon CPU*."),
    timeseries("Peers by agent", "none",
               [(mean("agent", "ipfs_swarm_agent_peers{@ipfs}", count=10), "{{agent}}")],
               stacked=True, low=0,
               what="Connected peers of a daemon by the program that they run: the mean of the "
                    "chosen daemons.", source="`swarm/peers?identify=true`, every minute.",
               good="In a private swarm, only the versions that you run.",
               do="If a stranger is in a private swarm, change the swarm key."),
    states("Peering",
           [(top('clamp_max(ipfs_peering_peers{@ipfs,state="disconnected"}, 1)'), INSTANCE)],
           mappings=[{"type": "value", "options": {
               "0": {"text": "all connected", "color": "green", "index": 0},
               "1": {"text": "some disconnected", "color": "orange", "index": 1}}}],
           related=["IpfsPeeringLost"],
           what="Whether a peer that the node should stay connected to is disconnected.",
           source="`swarm/peering/ls`, every minute; empty without Peering.Peers.",
           good="All connected.", do="ipfs swarm peering ls on that host names the peer."),
    table("Reachability", "none",
          [(f"topk({LISTED}, ipfs_reachability{{@ipfs}} == 1 or ipfs_reachability_nat{{@ipfs}}"
            " == 1)", INSTANCE)], value=None, hidden=["__name__", "node"],
          related=["IpfsReachabilityLost"],
          what=f"Whether others can reach each node, as AutoNAT found, and the kind of NAT if "
               f"there is one; at most {LISTED}.",
          source="`swarm/addrs/autonat`, every minute, since Kubo 0.40.",
          good="public for a public node; unknown in a small private swarm.",
          do="If private, forward the swarm port or rely on relays."),
    timeseries("Addresses", "none",
               [(mean("state", "ipfs_reachability_addresses{@ipfs}"), "{{state}}"),
                ("avg(ipfs_node_addresses{@ipfs})", "announced")], low=0,
               what="Addresses that a node announces, and addresses by what AutoNAT found: the "
                    "mean of the chosen nodes.",
               source="`id` and `swarm/addrs/autonat`, every minute.",
               good="Some are reachable on a public node.",
               do="If all are unreachable, remove the wrong ones from Addresses.Announce."),
]

LIMITS = [
    timeseries("Resource manager: memory", "percentunit",
               [(top("ipfs_resource_memory_bytes{@ipfs} / ipfs_resource_memory_limit_bytes{@ipfs}"),
                 f"{INSTANCE} {{{{scope}}}}")], low=0, high=1,
               watched=["IpfsResourceLimitNear"],
               what="Memory that libp2p has accounted for, as a share of its limit.",
               source="`swarm/resources`, every 30 s.", good="Below 50 %.",
               do="Near 100 %, new streams are refused: raise Swarm.ResourceMgr.MaxMemory."),
    *(timeseries(f"Resource manager: {what}", "none",
                 [(mean("scope, direction", f"ipfs_resource_{what}{{@ipfs}}"),
                   "{{scope}} {{direction}}")], low=0,
                 what=f"{what.capitalize()} of a daemon in each scope of the resource manager: the "
                      "mean of the chosen ones.", source="`swarm/resources`, every 30 s.",
                 good=f"Few in transient, the scope of {what} that are still being set up.",
                 do="If many are transient, the node may be flooded: see the inbound "
                    "*Connections*.") for what in ("connections", "streams")),
    bars("Resource manager: use of limits", "percentunit",
         [(usage("connections"), f"{INSTANCE} connections {{{{scope}}}}"),
          (usage("fds"), f"{INSTANCE} files {{{{scope}}}}")], high=1,
         watched=["IpfsResourceLimitNear"],
         what="Connections and file descriptors in use, as a share of their limits.",
         source="`swarm/resources`, every 30 s; scopes without a limit are not shown.",
         good="Below 50 %.",
         do="Near 100 %, connections are refused: raise Swarm.ResourceMgr.MaxFileDescriptors."),
    timeseries("Daemon goroutines", "short", [(top("ipfs_daemon_goroutines{@ipfs}"), INSTANCE)],
               low=0, what="Goroutines of each daemon.", source="`diag/sys`, every 30 s.",
               good="In step with the number of its peers.",
               do="If they grow while the peers do not, there is a leak: run ipfs diag profile "
                  "and report it."),
    timeseries("Swapped memory", "bytes", [(top("ipfs_daemon_swap_bytes{@ipfs}"), INSTANCE)],
               low=0, what="Memory of each daemon that is swapped out.",
               source="`diag/sys`, every 30 s.", good="0.",
               do="Lower Swarm.ConnMgr.HighWater, or give the host more memory."),
]
