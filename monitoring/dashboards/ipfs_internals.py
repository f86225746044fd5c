"""Row of IPFS metrics: Kubo's own metrics, in a job of any name that scrapes /metrics/native."""

from panels import timeseries
from queries import INSTANCE, PLACE, R, bottom, native, quantiles, top

OWN = "Kubo's own metrics, relayed by ipfs.native from /metrics/native"
CALLS = "ipfs_fsrepo_datastore_%s_total"


def rate(name):
    return native(f"rate({name}{{@native}}{R})")


def each(name, by=None):
    """The rate of a counter, of the instances for which it is highest."""
    whole = [native(f"sum by ({PLACE}) (rate({one}{{@native}}{R}))") for one in (name, by or name)]
    return top(whole[0], by=whole[1], key=PLACE)


def gauge(name, by=None, count=10):
    return top(native(f"{name}{{@native}}"), by=native(f"{by or name}{{@native}}"), key=PLACE,
               count=count)


def native_quantiles(family):
    """Median and 90th percentile of one of Kubo's own histograms."""
    return quantiles(rate(f"{family}_bucket"))


INTERNALS = [
    timeseries("Bitswap: wants sent", "ops",
               [(each("exchange_bitswap_wantlists_items_total"), INSTANCE)], low=0,
               what="Wants that the daemon sent to others.",
               source=f"`exchange_bitswap_wantlists_items_total`: {OWN}.", good="Bursts.",
               do="On a plateau, a block is wanted that nobody has: see *Wantlist*."),
    timeseries("Bitswap: time to send a wantlist", "s",
               native_quantiles("exchange_bitswap_wantlists_seconds"), low=0,
               what="Time that it took to send a wantlist.",
               source=f"`exchange_bitswap_wantlists_seconds`: {OWN}.", good="Milliseconds.",
               do="If it takes seconds, connections to partners are stuck: see *Peer latency*."),
    timeseries("Bitswap: tasks", "none",
               [(gauge("ipfs_bitswap_pending_tasks"), f"{INSTANCE} waiting"),
                (gauge("ipfs_bitswap_active_tasks", by="ipfs_bitswap_pending_tasks"),
                 f"{INSTANCE} answered now"),
                (gauge("exchange_bitswap_requests_in_flight", by="ipfs_bitswap_pending_tasks"),
                 f"{INSTANCE} in flight")], low=0,
               what="Tasks of other peers that this daemon has queued or is answering, and its own "
                    "requests in flight.",
               source=f"`ipfs_bitswap_*_tasks`, `exchange_bitswap_requests_in_flight`: {OWN}.",
               good="Near 0.",
               do="If it grows, the disk is too slow for the requests: see *Datastore: read "
                  "latency*."),
    timeseries("Connections opened", "ops",
               [(top(f"sum by (dir, transport) ({rate('libp2p_swarm_connections_opened_total')})",
                     key="dir, transport", count=20), "{{dir}} {{transport}}")], low=0,
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
               [(top(native('libp2p_rcmgr_memory{@native,scope=~"system|transient"}'), key=PLACE),
                 f"{INSTANCE} {{{{scope}}}}")], low=0,
               what="Memory that libp2p has accounted for, from its own metrics.",
               source=f"`libp2p_rcmgr_memory`: {OWN}.",
               good="The same as *Resource manager: memory* multiplied by its limit.",
               do="If they differ, one of the two is stale: see *Collector delay* in *Exporter "
                  "health*."),
    timeseries("libp2p: connections", "none",
               [(top(f"sum by (dir, scope) ({native('libp2p_rcmgr_connections{@native}')})",
                     key="dir, scope", count=20), "{{dir}} {{scope}}")], low=0,
               what="Connections in each scope of the resource manager, of all chosen daemons.",
               source=f"`libp2p_rcmgr_connections`: {OWN}.",
               good="In step with *Resource manager: connections*.",
               do="If many are transient, strangers begin handshakes and do not finish them."),
    timeseries("Event bus: full queues", "none",
               [(top(native(f"sum by ({PLACE}) (libp2p_eventbus_subscriber_queue_full{{@native}})"),
                     key=PLACE), INSTANCE)], low=0,
               what="Subscribers inside the daemon whose queue of events is full.",
               source=f"`libp2p_eventbus_subscriber_queue_full`: {OWN}.",
               good="No queue is full.",
               do="A full queue blocks the sender: take a profile of the daemon."),
    timeseries("DHT: requests", "ops",
               [(f"sum by (message_type) ({rate('rpc_inbound_messages_total')})",
                 "{{message_type}} in"),
                (f"sum by (message_type) ({rate('rpc_outbound_requests_total')})",
                 "{{message_type}} out")],
               negative=".* out", what="DHT messages by type: received above the axis, sent below.",
               source=f"`rpc_inbound_messages_total`, `rpc_outbound_requests_total`: {OWN}.",
               good="Few in a private swarm.",
               do="If inbound messages flood a public node, make it a client (Routing.Type)."),
    timeseries("DHT: failures", "ops",
               [(f"sum by (message_type) ({rate('rpc_outbound_request_errors_total')})",
                 "{{message_type}}")], low=0,
               what="Requests of this node to the DHT that failed, by type.",
               source=f"`rpc_outbound_request_errors_total`: {OWN}.",
               good="A few, because peers come and go.",
               do="If most fail, this node is cut off: check whether UDP and TCP may leave the "
                  "network."),
    timeseries("DHT: response time", "ms",
               native_quantiles("rpc_outbound_request_latency_milliseconds"), low=0,
               what="Time until a DHT peer answered.",
               source=f"`rpc_outbound_request_latency_milliseconds`: {OWN}.",
               good="Below a second.",
               do="If slow, the peers are far away or the link is busy: see *Bandwidth*."),
    timeseries("Keys announced", "ops",
               [(each("provider_provides_total"), INSTANCE)], low=0,
               what="Keys that the sweeping provider announced.",
               source=f"`provider_provides_total`: {OWN}.", good="The same as *Keys provided*.",
               do="If 0 while keys are queued, see *Provide system*."),
    timeseries("Datastore: operations", "ops",
               [(f"sum({rate(CALLS % call)})", call)
                for call in ("get", "put", "has", "batchput", "query")], low=0,
               what="Reads, writes and queries of the datastores, of all chosen daemons.",
               source=f"`ipfs_fsrepo_datastore_*_total`: {OWN}.", good="In step with *Blocks*.",
               do="If operation has is frequent, turn on the Bloom filter "
                  "(Datastore.BloomFilterSize)."),
    timeseries("Datastore: read latency", "s",
               native_quantiles("ipfs_fsrepo_datastore_get_latency_seconds"), low=0,
               what="Time that one read of the datastore took.",
               source=f"`ipfs_fsrepo_datastore_get_latency_seconds`: {OWN}.", good="Below 0.01 s.",
               do="If slower, the volume is busy: see *Disk I/O by node* in *Kubernetes cluster*, "
                  "or iostat -x."),
    timeseries("Datastore: failures", "ops",
               [(each(CALLS % f"{call}_errors"), f"{INSTANCE} {call}")
                for call in ("get", "put", "batchcommit", "sync")], low=0,
               limits=[(">", 0, "red")],
               what="Datastore operations that failed.",
               source=f"`ipfs_fsrepo_datastore_*_errors_total`: {OWN}.", good="0.",
               do="If there is any, the volume is full or broken: read the daemon's log now."),
    timeseries("Blockstore cache hits", "percentunit",
               [(bottom(f"{rate('ipfs_bs_cache_boxo_blockstore_cache_hits')}"
                        f" / {rate('ipfs_bs_cache_boxo_blockstore_cache_total')}", key=PLACE),
                 INSTANCE)], low=0,
               high=1, what="Share of blockstore lookups that the cache answered.",
               source=f"`ipfs_bs_cache_boxo_blockstore_cache_*`: {OWN}.", good="Above 50 %.",
               do="If low and the disk is slow, raise Datastore.BlockKeyCacheSize."),
    timeseries("RPC and gateway requests", "reqps",
               [(top(f"sum by (handler, code) ({rate('ipfs_http_requests_total')})",
                     key="handler, code", count=20), "{{handler}} {{code}}")], low=0,
               what="HTTP requests by handler and status, including the exporter's requests.",
               source=f"`ipfs_http_requests_total`: {OWN}.",
               good="About one per second for each daemon, code 200.",
               do="For 500, see *Errors by reason* in *Exporter health*. If there are far more, "
                  "find out who else uses the API."),
]
