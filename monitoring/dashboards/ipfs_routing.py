"""Row of IPFS metrics: the DHT, the provide system, pubsub."""

from panels import states, timeseries
from queries import INSTANCE, R, bottom, top

SLOW = "2m"  # four polls of a collector that polls each 30 s
NEW = "`provide/stat`, every 30 s, since Kubo 0.39."
OLD = "needs Kubo 0.39"
TABLE = f"{INSTANCE} {{{{table}}}}"
DHT = f"{INSTANCE} {{{{dht}}}}"
FEW = 8  # instances of panels with several lines for each


def provided(name):
    return f"rate(ipfs_provide_{name}_total{{@ipfs}}{R})"


# The provide systems of Kubo since 0.39, since 0.35 and before.
PROVIDED = " or ".join(map(provided, ("keys_provided", "reprovides", "provides")))


def mean(labels, query):
    return f"sum by ({labels}) ({query}) / scalar(count(ipfs_up{{@ipfs}}))"


def queue(what, good, do, alert="IpfsProvideBacklog"):
    return timeseries(
        f"Provide queue: {what}", "none",
        [(top(f"ipfs_provide_queued_{what}{{@ipfs}}"), f"{DHT} {{{{kind}}}}")],
        low=0, w=6, related=[alert], no_value=OLD,
        what=f"{what.capitalize()} that wait to be announced.", source=NEW, good=good, do=do)


ROUTING = [
    timeseries("Routing table", "none",
               [(top("ipfs_dht_routing_table_peers{@ipfs}"), TABLE),
                (top("ipfs_dht_routing_table_connected_peers{@ipfs}",
                     by="ipfs_dht_routing_table_peers{@ipfs}"), f"{TABLE} connected")], low=0,
               related=["IpfsDhtDisconnected"],
               what="Peers in the routing tables of the DHT, and how many of them are connected.",
               source="`stats/dht`, every minute.", good="Over 100 in wan on a public node.",
               do="If wan is empty on a public node, no bootstrap peer answers, or UDP and TCP "
                  "are blocked."),
    timeseries("Peers by bucket", "none",
               [(top(mean("table, bucket", "ipfs_dht_bucket_peers{@ipfs}"), key="table, bucket",
                     count=40), "{{table}} {{bucket}}")], stacked=True, low=0,
               what="Peers in each bucket of a routing table: the mean of the chosen daemons. "
                    "Peers in higher buckets are nearer.", source="`stats/dht`, every minute.",
               good="The first buckets hold 20 peers each.",
               do="If the first buckets have gaps, the node sees only a part of the network."),
    timeseries("Buckets", "none", [(top("ipfs_dht_buckets{@ipfs}"), TABLE)], low=0,
               what="Number of buckets of each routing table.", source="`stats/dht`, every minute.",
               good="About the logarithm of the size of the network, to the base 2.",
               do="If it falls, the node has lost its nearest peers: see *Connected peers*."),
    timeseries("Oldest bucket refresh", "s",
               [(top("time() - ipfs_dht_oldest_refresh_timestamp_seconds{@ipfs}"), TABLE)], low=0,
               limits=[(">", 7200, "orange")],
               what="Time since the last refresh of the bucket that has waited longest.",
               source="`stats/dht`, every minute.", good="Below ten minutes.",
               do="If it is hours, queries of the DHT fail: see *DHT: requests* and "
                  "*DHT: failures*."),
    timeseries("Keys provided", "ops",
               [(top(PROVIDED), f"{DHT} provided"),
                (top(provided("keys_failed"), by=PROVIDED), f"{DHT} failed")],
               low=0, interval=SLOW, related=["IpfsProvideFailing"],
               what="Keys announced to the DHT, and keys that failed.",
               source="`provide/stat`, `stats/provide`, every 30 s.",
               good="Bursts after new content; no failures.",
               do="If keys fail, too few DHT servers answer: see *DHT servers*."),
    timeseries("Provider records sent", "ops", [(top(provided("records_provided")), DHT)],
               low=0, interval=SLOW, no_value=OLD,
               what="Provider records sent to peers, several for each key.", source=NEW,
               good="*Keys provided* multiplied by *Holders of a key*.",
               do="If far fewer, the peers that should hold the records do not answer."),
    queue("keys", "Back to 0 after each burst.",
          "If it grows for an hour, raise Provide.DHT.MaxWorkers."),
    queue("regions", "Back to 0 regularly.",
          "If it grows, reprovides are late: see *Next reprovide*.", "IpfsReprovideOverdue"),
    timeseries("Provide workers", "none",
               [(mean("kind", f"ipfs_provide_{what}_workers{{@ipfs}}"), f"{{{{kind}}}} {word}")
                for what, word in (("active", "busy"), ("queued", "waiting"),
                                   ("dedicated", "reserved"))]
               + [("avg(ipfs_provide_max_workers{@ipfs})", "maximum")], low=0, no_value=OLD, w=12,
               what="Busy, reserved and maximum workers of the provide system, and jobs that wait "
                    "for one: the mean of the chosen daemons.", source=NEW, good="Nothing waits.",
               do="If work waits while all workers are busy, raise Provide.DHT.MaxWorkers."),
    *(timeseries(f"{title}: {what}", "short", [(top(f"{family}_{what}{{@ipfs}}", count=FEW),
                                                DHT + more)], low=0, w=6, no_value=OLD,
                 what=f"{what.capitalize()} {about}", source=NEW, good=good, do=do)
      for what in ("keys", "regions") for title, family, more, about, good, do in (
          ("In progress", "ipfs_provide_ongoing", " {{kind}}", "that are being announced.",
           "It returns to 0 regularly.", "If it never does, a region hangs: see *DHT "
           "servers*."),
          ("Scheduled", "ipfs_provide_scheduled", "", "that are announced periodically.",
           "In step with the pins, depending on Provide.Strategy.",
           "If far above the pins, strategy all announces every block; pinned or roots is "
           "cheaper."))),
    timeseries("Next reprovide", "s",
               [(top("time() - ipfs_provide_next_reprovide_timestamp_seconds{@ipfs}"), DHT)],
               limits=[(">", 7200, "orange")], related=["IpfsReprovideOverdue"],
               no_value=OLD,
               what="How overdue the next region is; below 0 until it is due.",
               source=NEW, good="Below 0.",
               do="If above 0 for long, the schedule lags; records expire after 48 h."),
    timeseries("Duration of a reprovide", "s",
               [(top("ipfs_provide_last_reprovide_duration_seconds{@ipfs}"), DHT),
                ("max(ipfs_provide_reprovide_interval_seconds{@ipfs})", "longest interval")],
               low=0, what="Duration of one region (before Kubo 0.39: of all keys), and the "
                           "interval at which all keys are announced.",
               source="`provide/stat`, `stats/provide`, every 30 s.",
               good="Far below the interval.",
               do="Before Kubo 0.39, a duration near the interval means that records expire: "
                  "upgrade, or provide fewer keys."),
    timeseries("DHT servers", "none",
               [(top("ipfs_provide_network_peers{@ipfs}"), f"{DHT} found"),
                (top("ipfs_provide_reachable_peers{@ipfs}", by="ipfs_provide_network_peers{@ipfs}"),
                 f"{DHT} answered")], low=0, no_value=OLD, w=6,
               what="DHT servers in the last cycle, and how many of them answered.", source=NEW,
               good="Nearly all answer.",
               do="If few answered, the network churns or the connections of this node are cut."),
    timeseries("Holders of a key", "none",
               [(top("ipfs_provide_average_holders{@ipfs}"), DHT),
                ("max(ipfs_provide_replication_factor{@ipfs})", "wanted")], low=0, no_value=OLD,
               w=6, what="Peers that hold the record of a key on average, and the number wanted.",
               source=NEW, good="Near the wanted number.",
               do="If lower, see *DHT servers*: too few of them answer."),
    states("Provide system",
           [(bottom("ipfs_provide_connected{@ipfs}", count=5), f"{DHT} connected"),
            (bottom("ipfs_provide_keyspace_covered{@ipfs}", count=5), f"{DHT} whole keyspace"),
            (bottom("1 - ipfs_provide_closed{@ipfs}", count=5), f"{DHT} open")], no_value=OLD,
           related=["IpfsDhtDisconnected"],
           what="Whether the DHT can be reached, the last cycle was complete, and the provide "
                "system is open; those that were not first.", source=NEW,
           good="yes for the DHT in use: lan in a private swarm.",
           do="If no while peers are connected, restart the daemon and keep its log."),
    timeseries("Pubsub: topics", "none", [(top("ipfs_pubsub_topics{@ipfs}"), INSTANCE)], low=0,
               no_value="pubsub is off", what="Topics that each node has subscribed to.",
               source="`pubsub/ls`, every 30 s; needs --enable-pubsub-experiment.",
               good="The topics of your application, and the topics of IPNS.",
               do="If one is missing, the program that subscribes is not running."),
    timeseries("Pubsub: peers", "none",
               [(top("ipfs_pubsub_peers{@ipfs}"), INSTANCE),
                (top("ipfs_pubsub_topic_peers{@ipfs}", count=5), f"{INSTANCE} {{{{topic}}}}")],
               low=0, no_value="pubsub is off", what="Peers that take part, in all and by topic.",
               source="`pubsub/peers`, every 30 s, topics of --ipfs.pubsub-topics.",
               good="A topic has all peers that should receive it.",
               do="If there are fewer, a peer is not connected or not subscribed."),
]
