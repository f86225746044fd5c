"""Peer metrics: the training of the peers, and how well the exporters read their stats."""

from board import annotation, chosen, firing
from panels import bars, gauge, heatmap, stat, states, table, timeseries
from queries import KEY, LISTED, PLACE, R, bottom, distribution, own, quantiles, spread, top

UID = "peer-metrics"
TITLE = "Peer metrics"
ABOUT = ("What the learning peers report about themselves, read from their stats sockets. Choose"
         " instances above for their own lines; of many, the highest or lowest are shown.")
SOCKET = "the peer's stats socket"
EXPORTER = "the exporter itself"

# An exporter may read several peers, each with a label `peer`.
PEER = f"{KEY}, peer"
NAME = "{{cluster}} {{instance}} {{peer}}"
OF_PEERS = 'collector=~"peer.*"'


def growth(metric, window):
    return f"sum by ({PEER}) (increase({metric}{{@peer}}[{window}]))"


def per_minute(metric):
    return f"60 * sum by ({PEER}) (rate({metric}{{@peer}}{R}))"


def of_collector(query):
    """Once for each exporter: several jobs may have read it."""
    return f"max by ({PLACE}, collector) ({query})"


FAILED = (f"sum by ({PEER}) (rate(peer_training_failures_total{{@peer}}{R}))"
          f" / (sum by ({PEER}) (rate(peer_trainings_total{{@peer}}{R})) > 0)")
FALL = ("peer_model_accuracy_ratio{@peer}"
        " - max_over_time(peer_model_accuracy_ratio{@peer}[6h])")
AGE = of_collector("time() - ipfs_peer_exporter_collector_last_success_timestamp_seconds"
                   f"{{@self,{OF_PEERS}}}")
DURATION = of_collector(f"ipfs_peer_exporter_collector_duration_seconds{{@self,{OF_PEERS}}}")
# Targets that answered within a day and do not now, in jobs with peers.
SILENT = ("(up{@self} == 0) and on (cluster, job, instance)"
          " last_over_time(peer_up{@peer}[1d])")
STALLED = f"({growth('peer_trainings_total', '30m')} == 0) and on ({PEER}) peer_up{{@peer}} == 1"


def by_reason(metric):
    """A counter of the exporters by reason, with a line at 0 where there is none."""
    counted = f"max by ({PLACE}, collector, reason) (rate({metric}{{@self,{OF_PEERS}}}{R}))"
    return [(f'sum by (reason) ({counted}) or label_replace(0 * count(peer_up{{@peer}}),'
             f' "reason", "none", "", "")', "{{reason}}")]


VARIABLES = chosen("peer_up")
ANNOTATIONS = [
    firing("Peer.*|Exporter.*"),
    annotation("Restarts of exporters", "orange",
               f"count by (cluster) (changes({own('process_start_time_seconds{@self}')}[5m:30s])"
               " > 0)", "exporters restarted", "{{cluster}}"),
]

FLEET = [
    gauge("Peers that answer", "percentunit",
          [(f"(sum(peer_up{{@peer}}) or vector(0)) / ((count(peer_up{{@peer}}) or vector(0))"
            f" + (count({SILENT}) or vector(0)))", "of all")], w=3,
          related=["PeerStatsUnreachable", "ExporterDown"],
          limits=[("<", 1, "orange"), ("<", 0.9, "red")],
          what="Share of the peers whose stats are read, of all that answered within a day.",
          source="`peer_up` and `up`.", good="100 %.",
          do="*Stats readable* lists the peers that do not answer."),
    stat("Peers without stats", "none", [("count(peer_up{@peer} == 0) or vector(0)", "silent")],
         w=3, related=["PeerStatsUnreachable"], limits=[(">=", 1, "orange")],
         what="Peers whose stats their exporter cannot read.", source=f"`peer_up`: {SOCKET}.",
         good="0.", do="*Errors by reason* shows whether the socket is missing, closed or slow."),
    stat("Exporters down", "none", [(f"count({SILENT}) or vector(0)", "down")],
         w=3, related=["ExporterDown"], limits=[(">=", 1, "red")],
         what="Exporters of peers that Prometheus reached within a day and cannot reach now.",
         source="`up`.", good="0.",
         do="The page of targets in Prometheus shows the error; see whether the machine is up."),
    stat("Stalled peers", "none", [(f"count({STALLED}) or vector(0)", "stalled")],
         w=3, related=["PeerTrainingStalled"], limits=[(">=", 1, "orange")],
         what="Peers that answer but finished no round in the last 30 minutes.",
         source=f"`peer_trainings_total`: {SOCKET}.", good="0, unless the training is done.",
         do="*Training rounds, last 30 minutes* lists them; read their logs."),
    gauge("Median accuracy", "percentunit",
          [("quantile(0.5, peer_model_accuracy_ratio{@peer})", "median")], w=3,
          limits=[("<", 0.8, "orange"), ("<", 0.5, "red")],
          what="Median over all peers of the share of right answers on the test set.",
          source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
          good="It rises and then stays level; above 90 % with the example's data.",
          do="If it falls, *Laggards* shows which peers pull it down."),
    stat("Accuracy spread", "percentunit",
         [("max(peer_model_accuracy_ratio{@peer}) - min(peer_model_accuracy_ratio{@peer})",
           "best - worst")], w=3, limits=[(">", 0.2, "orange"), (">", 0.5, "red")],
         what="Difference in accuracy between the best and the worst peer.",
         source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Small: models reach every peer.",
         do="If it stays large, models do not get through: see *Models received*."),
    stat("Failed rounds", "percentunit",
         [(f"sum(rate(peer_training_failures_total{{@peer}}{R}))"
           f" / (sum(rate(peer_trainings_total{{@peer}}{R})) > 0)", "failed")], w=3,
         limits=[(">", 0.05, "orange"), (">", 0.5, "red")],
         what="Share of all rounds in which the exchange with IPFS or a neighbour failed.",
         source=f"`peer_training_failures_total`, `peer_trainings_total`: {SOCKET}.", good="0.",
         do="*Failure ratio* shows whether it is a few peers or all."),
    stat("Rounds, last hour", "short",
         [("sum(increase(peer_trainings_total{@peer}[1h]))", "last hour")], w=3,
         related=["PeerTrainingStalled"], limits=[("<", 1, "orange")],
         what="Rounds that all peers finished in the last hour.",
         source=f"`peer_trainings_total`: {SOCKET}.",
         good="Number of peers × 3600 s ÷ interval of a round.",
         do="If there are fewer, peers are new, slow (*Duration of a training round*) or fail "
            "(*Failure ratio*)."),
]

TRAINING = [
    timeseries("Training rate of all peers", "opm", spread(per_minute("peer_trainings_total")),
               low=0, what="Rounds that a peer finishes per minute, over all peers.",
               source=f"`peer_trainings_total`: {SOCKET}.",
               good="Steady, with little between the highest and the lowest.",
               do="If the lowest is at 0, *Slowest peers* names it. If all are slower, they lack "
                  "CPU: see *CPU throttling* in *Kubernetes cluster*."),
    timeseries("Slowest peers", "opm", [(bottom(per_minute("peer_trainings_total"), key=PEER),
                                         NAME)], low=0,
               what="Rounds per minute of the ten peers that were slowest.",
               source=f"`peer_trainings_total`: {SOCKET}.",
               good="Steady, and close to the median.", do="A peer at 0 hangs: read its log."),
    bars("Training rounds, last 30 minutes", "short",
         [(f"sort(bottomk({LISTED}, {growth('peer_trainings_total', '30m')}))", NAME)],
         limits=[("==", 0, "orange")], related=["PeerTrainingStalled"], detail=UID,
         what="Rounds that the peers with the fewest finished in the last half hour.",
         source=f"`peer_trainings_total`: {SOCKET}.", good="About the same for every peer.",
         do="A peer at 0 whose stats still arrive is running but does not train: read its log."),
    timeseries("Failure ratio", "percentunit", [(top(FAILED, key=PEER), NAME)], low=0, high=1,
               related=["PeerExchangeFailing"], limits=[(">", 0.9, "orange")],
               what="Share of failed rounds of the ten peers that fail most.",
               source=f"`peer_training_failures_total`, `peer_trainings_total`: {SOCKET}.",
               good="0.",
               do="For that instance, see *Daemon up* and *Connected peers* in *IPFS metrics*."),
    timeseries("Duration of a training round", "s",
               quantiles(f"rate(peer_training_duration_seconds_bucket{{@peer}}{R})"), low=0,
               what="Time to average and train the model, without the exchange, over all peers.",
               source=f"`peer_training_duration_seconds`: {SOCKET}.",
               good="Steady and far below the interval of a round.",
               do="If it grows, peers lack CPU: see *CPU throttling* in *Kubernetes cluster*."),
    timeseries("Slowest rounds", "s",
               [(top(f"sum by ({PEER}) (rate(peer_training_duration_seconds_sum{{@peer}}{R}))"
                     f" / (sum by ({PEER})"
                     f" (rate(peer_training_duration_seconds_count{{@peer}}{R})) > 0)", key=PEER),
                 NAME)], low=0,
               what="Mean duration of a round of the ten peers whose rounds take longest.",
               source=f"`peer_training_duration_seconds`: {SOCKET}.", good="Close to the median.",
               do="A peer far above *Duration of a training round* runs on a slower or busier "
                  "machine."),
    timeseries("Models published and received", "opm",
               [(f"60 * sum(rate(peer_models_{what}_total{{@peer}}{R}))", what)
                for what in ("published", "received")], low=0,
               what="Models that all peers added to IPFS, and models that they fetched from it.",
               source=f"`peer_models_published_total`, `peer_models_received_total`: {SOCKET}.",
               good="Each peer receives what the others publish.",
               do="If models are published but not received, the swarm is split or blocks do not "
                  "move: see *Connected peers* in *IPFS metrics*."),
    timeseries("Models received", "opm",
               [(bottom(per_minute("peer_models_received_total"), key=PEER), NAME)], low=0,
               what="Models per minute of the ten peers that receive fewest.",
               source=f"`peer_models_received_total`: {SOCKET}.", good="Close to each other.",
               do="A peer at 0 is alone: see *Connected peers* of that instance in *IPFS "
                  "metrics*."),
    timeseries("Tips of the model DAG", "short", [(top("peer_tips{@peer}", key=PEER), NAME)],
               low=0,
               what="Known models that no known model builds on yet, at the ten peers with most.",
               source=f"`peer_tips`: {SOCKET}.",
               good="Low and steady: peers merge the models that they hear of.",
               do="If it only grows, peers publish without averaging: check what they receive."),
]

BOUNDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1)
MODEL = [
    heatmap("Accuracy of all peers", "percentunit",
            distribution("peer_model_accuracy_ratio{@peer}", BOUNDS),
            what="How many peers have which accuracy.",
            source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
            good="One dark band that rises and then stays level.",
            do="Two bands: a part of the peers is cut off from the others. *Laggards* names them."),
    timeseries("Lowest accuracy", "percentunit",
               [(bottom("peer_model_accuracy_ratio{@peer}", key=PEER), NAME),
                ("quantile(0.5, peer_model_accuracy_ratio{@peer})", "median")],
               what="Accuracy of the ten peers that had the lowest, and the median of all.",
               source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
               good="All lines rise together and stay up.",
               do="A peer whose line stays low trains alone: see its *Failure ratio* and its "
                  "swarm."),
    table("Laggards", "percentunit",
          [(f"sort(bottomk({LISTED}, peer_model_accuracy_ratio{{@peer}}))", "")],
          value="Accuracy", order="asc", detail=UID, columns=["cluster", "instance", "peer"],
          limits=[("<", 0.8, "orange"), ("<", 0.5, "red")],
          hidden=["__name__", "job", "namespace", "pod", "container", "endpoint"],
          what=f"The {LISTED} peers with the lowest accuracy, the worst first.",
          source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Close to *Median accuracy*.",
          do="If a peer stays here for hours, compare its data, its log and its swarm peers."),
    timeseries("Loss", "short", [(top("peer_model_loss{@peer}", key=PEER), NAME),
                                 ("quantile(0.5, peer_model_loss{@peer})", "median")], low=0,
               what="Mean cross entropy of the ten peers with the highest, and the median of all.",
               source=f"`peer_model_loss`: {SOCKET}.", good="It falls and levels out.",
               do="If the loss rises while accuracy is steady, the model is overconfident: lower "
                  "the step size."),
    timeseries("Accuracy below the best of 6 hours", "percentunit",
               [(bottom(FALL, key=PEER), NAME)], high=0,
               limits=[("<", -0.1, "orange")], related=["PeerAccuracyDropped"],
               what="How far the ten peers that fell most are below their best of six hours.",
               source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Near 0.",
               do="After a sudden drop, a bad model was averaged in: see who published at that "
                  "time."),
    table("Models and versions", "none",
          [(f"topk({LISTED}, count by (cluster, model, version) (peer_info{{@peer}}))", "")],
          value="Peers", what="How many peers report which model and version.",
          source=f"`peer_info`: {SOCKET}.", good="One row for each cluster.",
          do="Peers in a row of few were started with other flags or are not updated yet."),
]

READING = [
    states("Stats readable", [(bottom("peer_up{@peer}", count=LISTED, key=PEER), NAME)],
           related=["PeerStatsUnreachable"], limits=[("<", 1, "orange")], detail=UID,
           what=f"Whether the stats could be read: {LISTED} peers, those that could not first.",
           source=f"`peer_up`: {SOCKET}.", good="Green throughout.",
           do="If red while the peer runs, see *Errors by reason* and who may write to the "
              "socket."),
    timeseries("Oldest stats", "s", [(top(AGE, key=f"{PLACE}, collector"),
                                      "{{cluster}} {{instance}} {{collector}}")], low=0,
               what="Time since the last poll that read all stats, of the ten oldest.",
               source=f"`ipfs_peer_exporter_collector_last_success_timestamp_seconds`: {EXPORTER}.",
               good="Below two poll intervals.",
               do="If older, the peer accepts but does not answer, or is gone: see *Errors by "
                  "reason*."),
    timeseries("Errors by reason", "ops",
               by_reason("ipfs_peer_exporter_collector_errors_total"), low=0,
               what="Failed polls of all stats sockets, by reason.",
               source=f"`ipfs_peer_exporter_collector_errors_total`: {EXPORTER}.", good="None.",
               do="connect: no socket. timeout: the peer is busy. parse: the stats are malformed. "
                  "*Stats readable* names the peers."),
    timeseries("Slowest polls", "s", [(top(DURATION, key=f"{PLACE}, collector"),
                                       "{{cluster}} {{instance}} {{collector}}")], low=0,
               limits=[(">", 2, "orange")],
               what="Time that the last exchange took with the ten peers that take longest.",
               source=f"`ipfs_peer_exporter_collector_duration_seconds`: {EXPORTER}.",
               good="Milliseconds.",
               do="Near the timeout (2 s), the peer answers only between rounds: it should answer "
                  "from another thread."),
    timeseries("Dropped values", "ops",
               by_reason("ipfs_peer_exporter_skipped_samples_total"), low=0,
               related=["PeerSamplesSkipped"],
               what="Values of the stats that the exporters could not use, by reason.",
               source=f"`ipfs_peer_exporter_skipped_samples_total`: {EXPORTER}.", good="None.",
               do="The exporter's --once shows what was dropped; docs/stats-socket.md has the "
                  "rules."),
    timeseries("Largest exporters", "bytes",
               [(top(own("process_resident_memory_bytes{@self}"), key=PLACE),
                 "{{cluster}} {{instance}}")], low=0,
               what="Memory of the ten exporters that use most.",
               source=f"`process_resident_memory_bytes`: {EXPORTER}.",
               good="Some 15 MB, and steady.",
               do="If it grows without end, the exporter has a bug: please report it with its "
                  "/metrics page."),
]

ROWS = {"Fleet": FLEET, "Training": TRAINING, "Model": MODEL, "Reading the stats": READING}
