"""IPFS metrics: the daemons as seen through their RPC API and their own metrics."""

from board import annotation, chosen, firing
from panels import bars, gauge, heatmap, stat, states, table, timeseries
from queries import INSTANCE, PLACE, top

UID = "ipfs-metrics"
TITLE = "IPFS metrics"
ABOUT = "The IPFS daemons of the peers, read by their sidecars over the RPC API."
SIDECAR = "the exporter itself"
OWN = "Kubo's own metrics, relayed by ipfs.native (job ipfs-native)"

R = "[$__rate_interval]"
POD = "{{pod}}"
FILL = "ipfs_repo_size_bytes{@ipfs} / (ipfs_repo_storage_max_bytes{@ipfs} > 0)"
# Shown as 0 while there are no errors.
NONE = 'label_replace(0 * sum(ipfs_up{@ipfs}), "reason", "none", "", "")'
HIDDEN = ["__name__", "job", "instance"]

VARIABLES = chosen("ipfs_up")
ANNOTATIONS = [
    firing("Ipfs.*|Exporter.*"),
    annotation("Daemon restarts", "orange",
               "increase(ipfs_daemon_restarts_total{@ipfs}[2m]) > 0",
               "restart of the daemon", "{{pod}}"),
]


def rates(*families):
    """The rate of each (family, word for the legend), by pod."""
    return [(f"sum by (pod) (rate({family}{{@ipfs}}{R}))", f"{POD} {word}".strip())
            for family, word in families]


def quantiles(buckets):
    """Median and 90th percentile of these buckets."""
    return [(f"histogram_quantile({quantile}, sum by (le) ({buckets}))", legend)
            for quantile, legend in ((0.5, "median"), (0.9, "90th percentile"))]


def native_quantiles(family):
    """Median and 90th percentile of one of Kubo's own histograms."""
    return quantiles(f"rate({family}_bucket{{@native}}{R})")


HEALTH = [
    stat("Daemons up", "none", [("sum(ipfs_up{@ipfs})", "up"), ("count(ipfs_up{@ipfs})", "known")],
         what="Daemons that answered their sidecar, and all daemons that have a sidecar.",
         source="`version`, every 10 s.", good="Both numbers are equal.",
         do="*Daemon up* shows which daemon is down; read the log of its container ipfs."),
    stat("Unhealthy daemons", "none",
         [("count(ipfs_healthy{@ipfs} == 0) or vector(0)", "unhealthy")],
         no_value="0", what="Daemons that answer but report that they are not healthy.",
         source="`diag/healthy`, since Kubo 0.42.", good="0.",
         do="ipfs diag healthy in that pod prints the reason."),
    stat("Connected peers, median", "none", [("quantile(0.5, ipfs_swarm_peers{@ipfs})", "median")],
         watched=["IpfsSwarmIsolated"],
         what="Median number of peers that a daemon is connected to.",
         source="`swarm/peers`, every 15 s.",
         good="All other peers in a private swarm; hundreds in the public one.",
         do="At 0, check the bootstrap address, the swarm key and the network policy for port "
            "4001."),
    gauge("Fullest repository", "percentunit", [(f"max({FILL})", "fullest")],
          watched=["IpfsRepoAlmostFull", "IpfsRepoFull"],
          what="Share of its limit that the fullest repository uses.",
          source="`repo/stat`, every 30 s.", good="Below 90 %, where garbage collection begins.",
          do="Raise StorageMax and the volume, or unpin old models."),
    stat("Bandwidth in", "Bps",
         [(f"sum(rate(ipfs_bandwidth_received_bytes_total{{@ipfs}}{R}))", "in")],
         what="Bytes per second that all daemons receive.", source="`stats/bw`, every 10 s.",
         good="In step with the exchange of models.",
         do="If far higher, see *Bandwidth in by protocol*: kad is DHT queries of strangers, "
            "bitswap is blocks."),
    stat("Bandwidth out", "Bps",
         [(f"sum(rate(ipfs_bandwidth_sent_bytes_total{{@ipfs}}{R}))", "out")],
         what="Bytes per second that all daemons send.", source="`stats/bw`, every 10 s.",
         good="In step with the exchange of models.",
         do="If far higher, see *Bandwidth out by protocol* and *Blocks*."),
    states("Daemon up", [("ipfs_up{@ipfs}", POD)], watched=["IpfsDaemonUnreachable"],
           what="Whether each daemon answered its sidecar.", source="`version`, every 10 s.",
           good="Green throughout.",
           do="If red, the container is down or its RPC API hangs: see *Errors by reason*."),
    states("Daemon healthy", [("ipfs_healthy{@ipfs}", POD)], watched=["IpfsDaemonUnhealthy"],
           what="Whether each daemon reports that it is healthy.",
           source="`diag/healthy`, since Kubo 0.42; older daemons are not shown.",
           good="Green throughout.", do="ipfs diag healthy in that pod prints the reason."),
    timeseries("Daemon restarts", "none",
               [("sum by (pod) (increase(ipfs_daemon_restarts_total{@ipfs}[1h]))", POD)], low=0,
               watched=["IpfsDaemonRestarting"],
               what="Restarts in the last hour that the sidecar noticed.",
               source="`ipfs_daemon_restarts_total`: the version changed or a counter fell.",
               good="0.",
               do="Run kubectl logs --previous -c ipfs; often the memory limit is too low."),
    table("Daemons", "none",
          [("ipfs_daemon_info{@ipfs} * on (namespace, pod) group_left (peer_id)"
            " ipfs_node_info{@ipfs}", POD)], value=None, hidden=HIDDEN, w=24, h=6,
          what="Version, build and peer ID of each daemon.",
          source="`version` and `id`, every minute.", good="One version everywhere.",
          do="If there are several outside a rollout, compare the images of those pods."),
]

NETWORK = [
    timeseries("Bandwidth", "Bps",
               rates(("ipfs_bandwidth_received_bytes_total", "in"),
                     ("ipfs_bandwidth_sent_bytes_total", "out")), negative=".* out",
               what="Bytes over libp2p streams, by pod: received above the axis, sent below.",
               source="`stats/bw`, every 10 s; without transport overhead.",
               good="Bursts when models are exchanged.",
               do="On a plateau, see *Bandwidth in by protocol* and *Bandwidth out by protocol*."),
    timeseries("Bandwidth in by protocol", "Bps",
               [("topk(8, sum by (protocol)"
                 f" (rate(ipfs_bandwidth_protocol_received_bytes_total{{@ipfs}}{R})))",
                 "{{protocol}}")], stacked=True, interval="1m",
               what="Bytes received by protocol, summed over the chosen daemons.",
               source="`stats/bw?proto=`, every minute, for the protocols of "
                      "--ipfs.bandwidth-protocols.", good="Bitswap is the largest.",
               do="If kad is the largest, the node serves the DHT: make it a client."),
    timeseries("Bandwidth out by protocol", "Bps",
               [("topk(8, sum by (protocol)"
                 f" (rate(ipfs_bandwidth_protocol_sent_bytes_total{{@ipfs}}{R})))",
                 "{{protocol}}")], stacked=True, interval="1m",
               what="Bytes sent by protocol, summed over the chosen daemons.",
               source="`stats/bw?proto=`, every minute, for the protocols of "
                      "--ipfs.bandwidth-protocols.", good="Bitswap is the largest.",
               do="If kad is the largest, the node serves the DHT: make it a client."),
    timeseries("Connected peers", "none", [("ipfs_swarm_peers{@ipfs}", POD)], low=0,
               watched=["IpfsSwarmIsolated"], what="Peers that each daemon is connected to.",
               source="`swarm/peers`, every 15 s.",
               good="All other peers in a private swarm; otherwise between the marks of the "
                    "connection manager.",
               do="At 0, check the bootstrap address, the swarm key and the network policy for "
                  "port 4001."),
    timeseries("Connections", "none",
               [("sum by (direction, transport) (ipfs_swarm_connections{@ipfs})",
                 "{{direction}} {{transport}}")], stacked=True, low=0,
               what="Open connections by direction and transport.",
               source="`swarm/peers`, every 15 s.",
               good="Both directions; quic where UDP is not blocked.",
               do="If none is inbound, other peers cannot reach the swarm port."),
    timeseries("Streams by protocol", "none",
               [("topk(10, sum by (protocol) (ipfs_swarm_streams{@ipfs}))", "{{protocol}}")],
               stacked=True, low=0,
               what="Open streams by protocol; protocols that the node itself does not speak are "
                    "other.", source="`swarm/peers`, every 15 s.", good="A few for each peer.",
               do="If they grow without end, a protocol leaks streams: note its name and report "
                  "it."),
    heatmap("Peer latency", "s", [("sum by (le) (ipfs_swarm_peer_latency_seconds_bucket"
                                       "{@ipfs})", "{{le}}")],
            what="Distribution of the round-trip times of the connected peers, where known, over "
                 "time.", source="`swarm/peers`, every 15 s; a snapshot, so without rate.",
            good="A dark band that stays where it is.",
            do="If it moves up, the network or the CPU on this side is busy."),
    timeseries("Peer latency, quantiles", "s",
               quantiles("ipfs_swarm_peer_latency_seconds_bucket{@ipfs}"), low=0,
               what="Median and 90th percentile of the round-trip times of the connected peers.",
               source="`swarm/peers`, every 15 s; a snapshot, so without rate.",
               good="Milliseconds in a cluster, below 0.3 s worldwide.",
               do="If it rises everywhere, first see *CPU throttling* in *Kubernetes cluster*."),
    timeseries("Peers by agent", "none",
               [("topk(10, sum by (agent) (ipfs_swarm_agent_peers{@ipfs}))", "{{agent}}")],
               stacked=True, low=0, what="Connected peers by the program that they run.",
               source="`swarm/peers?identify=true`, every minute.",
               good="In a private swarm, only the version of your image.",
               do="If a stranger is in a private swarm, change the swarm key."),
    states("Peering", [("clamp_max(ipfs_peering_peers{@ipfs,state=\"disconnected\"}, 1)",
                             POD)],
           mappings=[{"type": "value", "options": {
               "0": {"text": "all connected", "color": "green", "index": 0},
               "1": {"text": "some disconnected", "color": "orange", "index": 1}}}],
           what="Whether a peer that the node should stay connected to is disconnected.",
           source="`swarm/peering/ls`, every minute; empty without Peering.Peers.",
           good="All connected.", do="ipfs swarm peering ls in that pod names the peer."),
    table("Reachability", "none",
          [('ipfs_reachability{@ipfs} == 1 or ipfs_reachability_nat{@ipfs} == 1', POD)], value=None,
          hidden=[*HIDDEN, "node"],
          what="Whether others can reach each node, as AutoNAT found, and the kind of NAT if "
               "there is one.", source="`swarm/addrs/autonat`, every minute, since Kubo 0.40.",
          good="public for a public node; unknown in a small private swarm.",
          do="If private, forward the swarm port or rely on relays."),
    timeseries("Addresses", "none",
               [("sum by (state) (ipfs_reachability_addresses{@ipfs})", "{{state}}"),
                ("sum(ipfs_node_addresses{@ipfs})", "announced")], low=0,
               what="Addresses that the nodes announce, and addresses by what AutoNAT found.",
               source="`id` and `swarm/addrs/autonat`, every minute.",
               good="Some are reachable on a public node.",
               do="If all are unreachable, remove the wrong ones from Addresses.Announce."),
]

LIMITS = [
    timeseries("Resource manager: memory", "percentunit",
               [("ipfs_resource_memory_bytes{@ipfs} / ipfs_resource_memory_limit_bytes{@ipfs}",
                 f"{POD} {{{{scope}}}}")], low=0, high=1,
               what="Memory that libp2p has accounted for, as a share of its limit.",
               source="`swarm/resources`, every 30 s.", good="Below 50 %.",
               do="Near 100 %, new streams are refused: raise Swarm.ResourceMgr.MaxMemory."),
    timeseries("Resource manager: connections and streams", "none",
               [(f"sum by (scope, direction) (ipfs_resource_{what}{{@ipfs}})",
                 f"{what} {{{{scope}}}} {{{{direction}}}}")
                for what in ("connections", "streams")], low=0,
               what="Connections and streams in each scope of the resource manager.",
               source="`swarm/resources`, every 30 s.",
               good="Few in transient, the scope of connections that are still shaking hands.",
               do="If many are transient, somebody floods the node: see the inbound "
                  "*Connections*."),
    bars("Resource manager: use of limits", "percentunit",
         [("max by (pod, scope) (ipfs_resource_connections{@ipfs}"
           " / (ipfs_resource_connections_limit{@ipfs} > 0))", f"{POD} connections {{{{scope}}}}"),
          ("max by (pod, scope) (ipfs_resource_fds{@ipfs}"
           " / (ipfs_resource_fds_limit{@ipfs} > 0))", f"{POD} files {{{{scope}}}}")], high=1,
         what="Connections and file descriptors in use, as a share of their limits.",
         source="`swarm/resources`, every 30 s; scopes without a limit are not shown.",
         good="Below 50 %.",
         do="Near 100 %, connections are refused: raise Swarm.ResourceMgr.MaxFileDescriptors."),
    timeseries("Daemon goroutines", "short", [("ipfs_daemon_goroutines{@ipfs}", POD)], low=0, w=12,
               what="Goroutines of each daemon.", source="`diag/sys`, every 30 s.",
               good="In step with the number of its peers.",
               do="If they grow while the peers do not, there is a leak: run ipfs diag profile "
                  "and report it."),
    timeseries("Daemon memory", "bytes",
               [(top("max by (cluster, instance) (ipfs_daemon_resident_memory_bytes{@native})",
                     key=PLACE), f"{INSTANCE} resident"),
                ("max(ipfs_daemon_swap_bytes{@ipfs})", "most swapped")], low=0, w=12,
               what="Resident memory of the daemons, and the most that is swapped out.",
               source="`ipfs_daemon_resident_memory_bytes`, from /metrics/native; `diag/sys` for "
                      "the swapped memory.",
               good="Level; no swap.",
               do="Allow fewer connections (Swarm.ConnMgr.HighWater) or raise the limit."),
]

STORAGE = [
    timeseries("Repository size", "bytes",
               [("ipfs_repo_size_bytes{@ipfs}", f"{POD} used"),
                ("ipfs_repo_storage_max_bytes{@ipfs}", f"{POD} limit")], low=0,
               what="Size of each datastore, and its limit.",
               source="`repo/stat?size-only=true`, every 30 s.", good="Level, and below the limit.",
               do="Without --enable-gc nothing is ever removed: enable it, or unpin and run ipfs "
                  "repo gc."),
    timeseries("Repository usage", "percentunit", [(FILL, POD)], low=0, high=1,
               watched=["IpfsRepoAlmostFull", "IpfsRepoFull"],
               what="Share of its limit that each repository uses.",
               source="`repo/stat?size-only=true`, every 30 s; repositories without a limit are "
                      "not shown.", good="Below 90 %.",
               do="Raise StorageMax and the volume, or unpin old models."),
    bars("Time until the repository is full", "dtdurations",
         [("min by (pod) ((ipfs_repo_storage_max_bytes{@ipfs} - ipfs_repo_size_bytes{@ipfs})"
           " / clamp_min(deriv(ipfs_repo_size_bytes{@ipfs}[6h]), 1))", POD)],
         what="Time until the limit is reached, at the growth rate of the last six hours.",
         source="`repo/stat?size-only=true`; growth below 1 B/s counts as 1 B/s.", good="Weeks.",
         do="Below a day, IpfsRepoFillsIn24h fires if it is over half full: act as for a full "
            "repository."),
    timeseries("Volume space", "bytes",
               [("ipfs_repo_volume_available_bytes{@ipfs}", f"{POD} available"),
                ("ipfs_repo_volume_free_bytes{@ipfs}", f"{POD} free")], low=0,
               what="Space on the volume of the repository; free includes the space reserved for "
                    "root.", source="`diag/sys`, every 30 s.",
               good="Enough for the repository to grow to StorageMax.",
               do="If less, the volume is too small for StorageMax: enlarge it."),
    timeseries("Pins and blocks", "short",
               [("sum by (pod, type) (ipfs_pins{@ipfs})", f"{POD} {{{{type}}}} pins"),
                ("ipfs_repo_objects{@ipfs}", f"{POD} blocks")], low=0,
               no_value="ipfs.pins and ipfs.objects are off",
               what="Pinned CIDs and blocks in the datastore.",
               source="`pin/ls`, every 5 min, and `repo/stat`, every 15 min; both slow, so off by "
                      "default.", good="One pin per peer, for its newest model.",
               do="If pins only grow, somebody adds content without unpinning what it replaces."),
    timeseries("Mutable file system", "bytes", [("ipfs_mfs_size_bytes{@ipfs}", POD)], low=0,
               what="Size of everything in MFS (ipfs files).",
               source="`files/stat?arg=/`, every minute.", good="Level if nobody uses it.",
               do="MFS is never garbage-collected: remove unwanted files with ipfs files rm."),
]

EXCHANGE = [
    timeseries("Blocks", "ops",
               rates(("ipfs_bitswap_received_blocks_total", "in"),
                     ("ipfs_bitswap_sent_blocks_total", "out")), negative=".* out",
               what="Bitswap blocks: received above the axis, sent below.",
               source="`bitswap/stat`, every 10 s.",
               good="What one daemon receives, another one sends.",
               do="If there are none while models are published, see *Wantlist* and *Bitswap "
                  "partners*."),
    timeseries("Block bytes", "Bps",
               rates(("ipfs_bitswap_received_bytes_total", "in"),
                     ("ipfs_bitswap_sent_bytes_total", "out")), negative=".* out",
               what="Bytes of bitswap blocks: received above the axis, sent below.",
               source="`bitswap/stat`, every 10 s.", good="Most of the bandwidth.",
               do="If far below *Bandwidth*, the rest is overhead of messages and the DHT."),
    timeseries("Duplicate blocks", "percentunit",
               [(f"sum by (pod) (rate(ipfs_bitswap_received_duplicate_{unit}_total{{@ipfs}}{R}))"
                 f" / sum by (pod) (rate(ipfs_bitswap_received_{unit}_total{{@ipfs}}{R}))",
                 f"{POD} {unit}") for unit in ("blocks", "bytes")], low=0, high=1,
               what="Share of received blocks, and of their bytes, that the node already had.",
               source="`bitswap/stat`, every 10 s.", good="Below 10 %.",
               do="If high, several peers answer one want, which is the price of a small, fast "
                  "swarm."),
    timeseries("Messages received", "ops",
               rates(("ipfs_bitswap_received_messages_total", "")), low=0,
               what="Bitswap messages received, including the wants of other peers.",
               source="`bitswap/stat`, every 10 s.", good="In step with *Blocks*.",
               do="If there are many messages and few blocks, others ask for blocks that nobody "
                  "here has."),
    timeseries("Wantlist", "none", [("ipfs_bitswap_wantlist_blocks{@ipfs}", POD)], low=0,
               what="Blocks that each node wants and does not have.",
               source="`bitswap/stat`, every 10 s.", good="Back to 0 soon after each round.",
               do="If it stays up, no connected peer has the block: see *Connected peers*."),
    timeseries("Bitswap partners", "none", [("ipfs_bitswap_partners{@ipfs}", POD)], low=0,
               what="Peers with open wants at this node; before Kubo 0.19, all bitswap partners.",
               source="`bitswap/stat`, every 10 s.", good="Not above *Connected peers*.",
               do="At 0 for days, nobody wants what this node has."),
]

ROUTING = [
    timeseries("Routing table", "none",
               [("ipfs_dht_routing_table_peers{@ipfs}", f"{POD} {{{{table}}}}"),
                ("ipfs_dht_routing_table_connected_peers{@ipfs}",
                 f"{POD} {{{{table}}}} connected")], low=0,
               what="Peers in the routing tables of the DHT, and how many of them are connected.",
               source="`stats/dht`, every minute.", good="Over 100 in wan on a public node.",
               do="If wan is empty on a public node, no bootstrap peer answers, or UDP and TCP "
                  "are blocked."),
    timeseries("Routing table buckets", "none",
               [("sum by (table, bucket) (ipfs_dht_bucket_peers{@ipfs})",
                 "{{table}} {{bucket}}"), ("max by (table) (ipfs_dht_buckets{@ipfs})",
                                           "{{table}}: buckets")], stacked=True, low=0,
               what="Peers in each bucket, and number of buckets; peers in higher buckets are "
                    "nearer.", source="`stats/dht`, every minute.",
               good="The first buckets hold 20 peers each.",
               do="If the first buckets have gaps, the node sees only a part of the network."),
    timeseries("Oldest bucket refresh", "s",
               [("time() - ipfs_dht_oldest_refresh_timestamp_seconds{@ipfs}",
                 f"{POD} {{{{table}}}}")], low=0,
               what="Time since the last refresh of the bucket that has waited longest.",
               source="`stats/dht`, every minute.", good="Below ten minutes.",
               do="If it is hours, queries of the DHT fail: see *DHT: requests* and "
                  "*DHT: failures*."),
    timeseries("Keys provided", "ops",
               [(f"sum by (pod) (rate(ipfs_provide_keys_provided_total{{@ipfs}}{R}))",
                 f"{POD} provided"),
                (f"sum by (pod) (rate(ipfs_provide_keys_failed_total{{@ipfs}}{R}))",
                 f"{POD} failed"),
                (f"sum by (pod) (rate(ipfs_provide_provides_total{{@ipfs}}{R}))"
                 f" or sum by (pod) (rate(ipfs_provide_reprovides_total{{@ipfs}}{R}))"
                 " or 0 * sum by (pod) (ipfs_up{@ipfs})", f"{POD} older provide system"),
                (f"sum by (pod) (rate(ipfs_provide_records_provided_total{{@ipfs}}{R}))",
                 f"{POD} records")], low=0,
               what="Keys announced to the DHT, keys that failed, and records sent to peers.",
               source="`provide/stat`, `stats/provide`, every 30 s.",
               good="Bursts after new models; no failures.",
               do="If keys fail, too few DHT servers answer: see *DHT servers*."),
    timeseries("Provide queue", "none",
               [("sum by (pod, dht) (ipfs_provide_queued_keys{@ipfs})", f"{POD} {{{{dht}}}} keys"),
                ("sum by (pod, dht) (ipfs_provide_queued_regions{@ipfs})",
                 f"{POD} {{{{dht}}}} regions")], low=0,
               what="New keys and regions of the keyspace that wait to be announced.",
               source="`provide/stat`, every 30 s, since Kubo 0.39.",
               good="Back to 0 after each burst.",
               do="If it grows for an hour, IpfsProvideBacklog fires: raise "
                  "Provide.DHT.MaxWorkers."),
    timeseries("Provide workers", "none",
               [("sum by (kind) (ipfs_provide_active_workers{@ipfs})", "{{kind}} busy"),
                ("sum by (kind) (ipfs_provide_queued_workers{@ipfs})", "{{kind}} waiting"),
                ("sum by (kind) (ipfs_provide_dedicated_workers{@ipfs})", "{{kind}} reserved"),
                ("sum(ipfs_provide_max_workers{@ipfs})", "maximum")], low=0,
               what="Busy, reserved and maximum workers of the provide system, and work that "
                    "waits for one.", source="`provide/stat`, every 30 s, since Kubo 0.39.",
               good="Nothing waits.",
               do="If work waits while all workers are busy, raise Provide.DHT.MaxWorkers."),
    timeseries("Provides in progress", "none",
               [("sum by (kind) (ipfs_provide_ongoing_keys{@ipfs})", "{{kind}}: keys"),
                ("sum by (kind) (ipfs_provide_ongoing_regions{@ipfs})", "{{kind}}: regions")],
               low=0, what="Keys and regions that are being announced at this moment.",
               source="`provide/stat`, every 30 s, since Kubo 0.39.",
               good="It returns to 0 again and again.",
               do="If it never does, a region hangs: see *DHT servers*."),
    timeseries("Scheduled keys", "short",
               [("sum by (pod, dht) (ipfs_provide_scheduled_keys{@ipfs})",
                 f"{POD} {{{{dht}}}} keys"),
                ("sum by (pod, dht) (ipfs_provide_scheduled_regions{@ipfs})",
                 f"{POD} {{{{dht}}}} regions")], low=0,
               what="Keys that are announced periodically, and the regions that they are in.",
               source="`provide/stat`, every 30 s, since Kubo 0.39.",
               good="In step with the pins, depending on Provide.Strategy.",
               do="If far above the pins, strategy all announces every block; pinned or roots is "
                  "cheaper."),
    timeseries("Reprovide schedule", "s",
               [("ipfs_provide_next_reprovide_timestamp_seconds{@ipfs} - time()",
                 f"{POD} {{{{dht}}}} until the next"),
                ("ipfs_provide_last_reprovide_duration_seconds{@ipfs}",
                 f"{POD} {{{{dht}}}} duration"),
                ("ipfs_provide_reprovide_interval_seconds{@ipfs}",
                 f"{POD} {{{{dht}}}} interval")],
               what="Time until the next region, duration of one (before Kubo 0.39: of all keys), "
                    "and interval.", source="`provide/stat`, every 30 s.",
               good="The next region is in the future (positive).",
               do="If negative for long, the schedule lags; records expire after 48 h."),
    timeseries("DHT servers", "none",
               [("ipfs_provide_network_peers{@ipfs}", f"{POD} {{{{dht}}}} found"),
                ("ipfs_provide_reachable_peers{@ipfs}", f"{POD} {{{{dht}}}} answered"),
                ("ipfs_provide_average_holders{@ipfs}", f"{POD} {{{{dht}}}} holders of a key"),
                ("ipfs_provide_replication_factor{@ipfs}", f"{POD} {{{{dht}}}} wanted")], low=0,
               what="DHT servers in the last cycle, and how many of them hold the record of a key.",
               source="`provide/stat`, every 30 s, since Kubo 0.39.",
               good="The number of holders is near the wanted number.",
               do="If few answered, the network churns or the connections of this node are cut."),
    states("Provide system", [("ipfs_provide_connected{@ipfs}", f"{POD} {{{{dht}}}} connected"),
                              ("ipfs_provide_keyspace_covered{@ipfs}",
                               f"{POD} {{{{dht}}}} whole keyspace"),
                              ("1 - ipfs_provide_closed{@ipfs}", f"{POD} {{{{dht}}}} open")],
           what="Whether the DHT can be reached, the last cycle was complete, and the provide "
                "system is open.", source="`provide/stat`, every 30 s, since Kubo 0.39.",
           good="yes for the DHT in use: lan in a private swarm.",
           do="If it says no while peers are connected, restart the daemon and keep its log."),
    timeseries("Pubsub", "none",
               [("ipfs_pubsub_topics{@ipfs}", f"{POD} topics"),
                ("ipfs_pubsub_peers{@ipfs}", f"{POD} peers"),
                ("ipfs_pubsub_topic_peers{@ipfs}", f"{POD} {{{{topic}}}}")], low=0,
               no_value="pubsub is off", what="Topics subscribed to, and peers that take part.",
               source="`pubsub/ls`, `pubsub/peers`, every 30 s; needs --enable-pubsub-experiment.",
               good="A topic has all peers that should receive it.",
               do="If there are fewer, a peer is not connected or not subscribed."),
]

EXPORTER = [
    states("Collector success", [("min by (collector) (ipfs_peer_exporter_collector_success"
                           "{@ipfs})", "{{collector}}")], watched=["ExporterCollectorFailing"],
           what="Whether the last poll of each collector got all it asked for, in every chosen "
                "sidecar.", source=f"`ipfs_peer_exporter_collector_success`: {SIDECAR}.",
           good="yes; collectors that a daemon does not support are not shown.",
           do="See *Errors by reason*; the exporter's --once in the pod explains the cause."),
    timeseries("Errors by reason", "ops",
               [("sum by (collector, reason) (rate(ipfs_peer_exporter_collector_errors_total"
                 f"{{@ipfs}}{R})) or on () {NONE}",
                 "{{collector}} {{reason}}")], low=0,
               what="Failed requests to the daemons, by collector and reason.",
               source=f"`ipfs_peer_exporter_collector_errors_total`: {SIDECAR}.", good="None.",
               do="timeout: the daemon is slow. auth: check API.Authorizations. connect: the "
                  "daemon is down."),
    timeseries("Collector delay", "s",
               [("max by (collector) (time() -"
                 " ipfs_peer_exporter_collector_last_success_timestamp_seconds{@ipfs}"
                 " - ipfs_peer_exporter_collector_interval_seconds{@ipfs})",
                 "{{collector}}")], watched=["ExporterPollStale"],
               what="Time beyond its interval since each collector's last complete poll, in the "
                    "worst sidecar.",
               source=f"`ipfs_peer_exporter_collector_last_success_timestamp_seconds`: {SIDECAR}.",
               good="Below the scrape interval.",
               do="After three intervals its series disappear: see *Errors by reason*."),
    timeseries("Poll duration", "s",
               [("max by (collector) (ipfs_peer_exporter_collector_duration_seconds{@ipfs})",
                 "{{collector}}")], low=0,
               what="Time that the last poll of each collector took, in the slowest sidecar.",
               source=f"`ipfs_peer_exporter_collector_duration_seconds`: {SIDECAR}.",
               good="Milliseconds; pins and objects may take longer.",
               do="Slow calls are made less often automatically: see *Poll intervals*."),
    timeseries("Poll intervals", "s",
               [("max by (collector) (ipfs_peer_exporter_collector_interval_seconds{@ipfs})",
                 "{{collector}}")], low=0,
               what="Current time between polls of each collector, in the sidecar where it is "
                    "longest.",
               source=f"`ipfs_peer_exporter_collector_interval_seconds`: {SIDECAR}.",
               good="As configured.",
               do="If longer, the call takes over 1 % of the time: the daemon's disk is slow."),
    timeseries("Time spent polling", "percentunit",
               [("sum by (pod) (rate(ipfs_peer_exporter_collector_poll_seconds_total"
                 f"{{@ipfs}}{R}))", POD)], low=0,
               what="Share of time that a daemon works for its sidecar, summed over all polls.",
               source=f"`ipfs_peer_exporter_collector_poll_seconds_total`: {SIDECAR}.",
               good="Below 5 %.",
               do="Turn off collectors that you do not need: --no-collector.NAME."),
    timeseries("Polls and scrapes", "ops",
               [(f"sum by (pod) (rate(ipfs_peer_exporter_collector_polls_total{{@ipfs}}{R}))",
                 f"{POD} polls"),
                ("sum by (pod, code) (rate(ipfs_peer_exporter_scrapes_total"
                 f"{{@ipfs}}{R}))", f"{POD} scrapes {{{{code}}}}")], low=0,
               what="Polls that the sidecar makes, and scrapes that it answers.",
               source=f"`ipfs_peer_exporter_collector_polls_total`, `…scrapes_total`: {SIDECAR}.",
               good="About one poll per second; only code 200.",
               do="400: a scrape names an unknown collector in collect[] or exclude[]."),
    timeseries("Dropped values", "ops",
               [("sum by (collector, reason) (rate(ipfs_peer_exporter_skipped_samples_total"
                 f"{{@ipfs}}{R})) or on () {NONE}", "{{collector}} {{reason}}")], low=0,
               what="Values of the daemons that the exporter could not use, by reason.",
               source=f"`ipfs_peer_exporter_skipped_samples_total`: {SIDECAR}.", good="None.",
               do="A newer daemon may answer in a new format: report its version."),
    timeseries("Sidecar CPU", "percentunit",
               rates(("process_cpu_seconds_total", "")), low=0,
               what="Share of one core that the exporter uses.",
               source=f"`process_cpu_seconds_total`: {SIDECAR}.", good="Below 1 %.",
               do="If higher, something scrapes very often, or the swarm is very large."),
    timeseries("Sidecar memory", "bytes",
               [("process_resident_memory_bytes{@ipfs}", POD)], low=0,
               what="Resident memory of the exporter.",
               source=f"`process_resident_memory_bytes`: {SIDECAR}.", good="Below 20 MiB.",
               do="If it grows without end, the exporter has a bug: please report it."),
    timeseries("Sidecar file descriptors", "percentunit",
               [("process_open_fds{@ipfs} / process_max_fds{@ipfs}", POD)], low=0,
               what="Open file descriptors of the exporter, as a share of its limit.",
               source=f"`process_open_fds`, `process_max_fds`: {SIDECAR}.", good="Below 10 %.",
               do="Near 100 %, somebody keeps connections open: see the exporter's log."),
    table("Sidecar versions", "none",
          [("count by (version, revision) (ipfs_peer_exporter_build_info{@ipfs})", "")],
          value="Sidecars", what="Number of sidecars by version.",
          source=f"`ipfs_peer_exporter_build_info`: {SIDECAR}.", good="One version.",
          do="If there are several outside a rollout, compare the images of those pods."),
    table("Uptime", "s",
          [("time() - process_start_time_seconds{@ipfs}", POD)], value="Sidecar", w=12,
          hidden=HIDDEN, what="Time since each sidecar started.",
          source=f"`process_start_time_seconds`: {SIDECAR}.", good="The same as that of its pod.",
          do="If shorter, the sidecar restarted: see kubectl logs --previous -c exporter."),
    states("Supported collectors",
           [("min by (collector) (ipfs_peer_exporter_collector_supported{@ipfs})",
             "{{collector}}")], w=12,
           what="Whether every daemon supports what each collector asks for.",
           source=f"`ipfs_peer_exporter_collector_supported`: {SIDECAR}.",
           good="yes, except for what your version of Kubo never had.",
           do="If a collector turns to no after an upgrade, its command was removed: turn the "
              "collector off."),
]

INTERNALS = [
    timeseries("Bitswap: wants sent", "ops",
               [(f"sum by (pod) (rate(exchange_bitswap_wantlists_items_total{{@native}}{R}))",
                 f"{POD} items"),
                (f"sum by (pod) (rate(exchange_bitswap_wantlists_total{{@native}}{R}))",
                 f"{POD} lists")], low=0,
               what="Wantlists that the daemon sent, and the wants in them.",
               source=f"`exchange_bitswap_wantlists_*`: {OWN}.", good="Bursts at each round.",
               do="On a plateau, a block is wanted that nobody has: see *Wantlist*."),
    timeseries("Bitswap: time to send a wantlist", "s",
               native_quantiles("exchange_bitswap_wantlists_seconds"), low=0,
               what="Time that it took to send a wantlist.",
               source=f"`exchange_bitswap_wantlists_seconds`: {OWN}.", good="Milliseconds.",
               do="If it takes seconds, connections to partners are stuck: see *Peer latency*."),
    timeseries("Bitswap: pending work", "none",
               [("ipfs_bitswap_pending_tasks{@native}", f"{POD} peers waiting"),
                ("ipfs_bitswap_active_tasks{@native}", f"{POD} peers served"),
                ("ipfs_bitswap_pending_block_tasks{@native}", f"{POD} blocks waiting"),
                ("exchange_bitswap_requests_in_flight{@native}", f"{POD} in flight")], low=0,
               what="Wants of other peers that this daemon has queued or is answering.",
               source=f"`ipfs_bitswap_*_tasks`, `exchange_bitswap_*`: {OWN}.", good="Near 0.",
               do="If it grows, the disk is too slow for the requests: see *Datastore: read "
                  "latency*."),
    timeseries("Connections opened", "ops",
               [("sum by (dir, transport)"
                 f" (rate(libp2p_swarm_connections_opened_total{{@native}}{R}))",
                 "{{dir}} {{transport}}")], low=0,
               what="New connections by direction and transport.",
               source=f"`libp2p_swarm_connections_opened_total`: {OWN}.",
               good="Few in a private swarm once all peers are connected.",
               do="If there are always many, peers drop each other: compare their connection "
                  "limits."),
    timeseries("Handshake latency", "s",
               native_quantiles("libp2p_swarm_handshake_latency_seconds"), low=0,
               what="Time to secure a new connection.",
               source=f"`libp2p_swarm_handshake_latency_seconds`: {OWN}.",
               good="Below 0.1 s in a cluster.", do="If slow, one side lacks CPU."),
    timeseries("Dial latency", "s",
               native_quantiles("libp2p_swarm_dial_latency_seconds"), low=0,
               what="Time from the start of a dial to the connection.",
               source=f"`libp2p_swarm_dial_latency_seconds`: {OWN}.", good="Below a second.",
               do="If it takes seconds, stale addresses are tried first."),
    timeseries("libp2p: memory", "bytes",
               [('sum by (pod, scope) (libp2p_rcmgr_memory{@native,scope=~"system|transient"})',
                 f"{POD} {{{{scope}}}}")], low=0,
               what="Memory that libp2p has accounted for, from its own metrics.",
               source=f"`libp2p_rcmgr_memory`: {OWN}.",
               good="The same as *Resource manager: memory* multiplied by its limit.",
               do="If they differ, one of the two is stale: see *Collector delay*."),
    timeseries("libp2p: connections", "none",
               [("sum by (dir, scope) (libp2p_rcmgr_connections{@native})", "{{dir}} {{scope}}"),
                ("sum by (scope) (libp2p_rcmgr_fds{@native})", "files {{scope}}")], low=0,
               what="Connections and file descriptors in each scope of the resource manager.",
               source=f"`libp2p_rcmgr_connections`, `libp2p_rcmgr_fds`: {OWN}.",
               good="The same as *Resource manager: connections and streams*.",
               do="If many are transient, strangers begin handshakes and do not finish them."),
    timeseries("Event bus: queued events", "none",
               [("sum by (pod) (libp2p_eventbus_subscriber_queue_length{@native})",
                 f"{POD} waiting"),
                ("sum by (pod) (libp2p_eventbus_subscriber_queue_full{@native})",
                 f"{POD} full")], low=0,
               what="Events that subscribers inside the daemon have not taken yet, and full "
                    "queues.", source=f"`libp2p_eventbus_subscriber_queue_*`: {OWN}.",
               good="No queue is full.",
               do="A full queue blocks the sender: take a profile of the daemon."),
    timeseries("DHT: requests", "ops",
               [("sum by (message_type)"
                 f" (rate(rpc_inbound_messages_total{{@native}}{R}))", "{{message_type}} in"),
                ("sum by (message_type)"
                 f" (rate(rpc_outbound_requests_total{{@native}}{R}))", "{{message_type}} out")],
               negative=".* out", what="DHT messages by type: received above the axis, sent below.",
               source=f"`rpc_inbound_messages_total`, `rpc_outbound_requests_total`: {OWN}.",
               good="Few in a private swarm.",
               do="If inbound messages flood a public node, make it a client (Routing.Type)."),
    timeseries("DHT: failures", "ops",
               [("sum by (message_type)"
                 f" (rate(rpc_outbound_request_errors_total{{@native}}{R}))",
                 "{{message_type}}")], low=0,
               what="Requests of this node to the DHT that failed, by type.",
               source=f"`rpc_outbound_request_errors_total`: {OWN}.",
               good="A few, because peers come and go.",
               do="If most fail, this node is cut off: check whether UDP and TCP may leave the "
                  "cluster."),
    timeseries("DHT: response time", "ms",
               native_quantiles("rpc_outbound_request_latency_milliseconds"), low=0,
               what="Time until a DHT peer answered.",
               source=f"`rpc_outbound_request_latency_milliseconds`: {OWN}.",
               good="Below a second.",
               do="If slow, the peers are far away or the link is busy: see *Bandwidth*."),
    timeseries("Keys announced", "ops",
               [(f"sum by (pod, dht) (rate(provider_provides_total{{@native}}{R}))",
                 f"{POD} {{{{dht}}}}")], low=0, what="Keys that the sweeping provider announced.",
               source=f"`provider_provides_total`: {OWN}.", good="The same as *Keys provided*.",
               do="If 0 while keys are queued, see *Provide system*."),
    timeseries("Datastore: operations", "ops",
               [(f"sum by (pod) (rate(ipfs_fsrepo_datastore_{call}_total{{@native}}{R}))",
                 f"{POD} {call}") for call in ("get", "put", "has", "batchput", "query")], low=0,
               what="Reads, writes and queries of the datastore.",
               source=f"`ipfs_fsrepo_datastore_*_total`: {OWN}.", good="In step with *Blocks*.",
               do="If there are many has, turn on the Bloom filter (Datastore.BloomFilterSize)."),
    timeseries("Datastore: read latency", "s",
               native_quantiles("ipfs_fsrepo_datastore_get_latency_seconds"), low=0,
               what="Time that one read of the datastore took.",
               source=f"`ipfs_fsrepo_datastore_get_latency_seconds`: {OWN}.", good="Below 0.01 s.",
               do="If slower, the volume is busy: see *Disk I/O by node* in *Kubernetes cluster*."),
    timeseries("Datastore: failures", "ops",
               [(f"sum by (pod) (rate(ipfs_fsrepo_datastore_{call}_errors_total{{@native}}{R}))",
                 f"{POD} {call}") for call in ("get", "put", "batchcommit", "sync")], low=0,
               what="Datastore operations that failed.",
               source=f"`ipfs_fsrepo_datastore_*_errors_total`: {OWN}.", good="0.",
               do="If there is any, the volume is full or broken: read the daemon's log now."),
    timeseries("Blockstore cache hits", "percentunit",
               [(f"sum by (pod) (rate(ipfs_bs_cache_boxo_blockstore_cache_hits{{@native}}{R}))"
                 " / sum by (pod)"
                 f" (rate(ipfs_bs_cache_boxo_blockstore_cache_total{{@native}}{R}))", POD)], low=0,
               high=1, what="Share of blockstore lookups that the cache answered.",
               source=f"`ipfs_bs_cache_boxo_blockstore_cache_*`: {OWN}.", good="Above 50 %.",
               do="If low and the disk is slow, raise Datastore.BlockKeyCacheSize."),
    timeseries("RPC and gateway requests", "reqps",
               [(f"sum by (handler, code) (rate(ipfs_http_requests_total{{@native}}{R}))",
                 "{{handler}} {{code}}")], low=0,
               what="HTTP requests by handler and status, including the sidecar's requests.",
               source=f"`ipfs_http_requests_total`: {OWN}.", good="About one per second, code 200.",
               do="For 500, see *Errors by reason*. If there are far more, find out who else uses "
                  "the API."),
]

ROWS = {"Health": HEALTH, "Network": NETWORK, "Limits and memory": LIMITS, "Storage": STORAGE,
        "Block exchange": EXCHANGE, "Routing and providing": ROUTING,
        "Exporter": EXPORTER, "Daemon internals…": INTERNALS}
