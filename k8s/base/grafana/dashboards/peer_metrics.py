"""Peer metrics: what the peers learn, and how their sidecars are doing."""

from panels import annotation, bars, gauge, stat, states, table, timeseries, variable

UID = "peer-metrics"
TITLE = "Peer metrics"
ABOUT = "What the learning peers say about themselves, read from their stats sockets."
SOCKET = "the peer's stats socket"
SIDECAR = "the exporter itself"
RESTART = ("changes(max by (namespace, pod, container)"
           " (container_start_time_seconds{@pod,container!=\"\"})[5m:30s]) > 0")

VARIABLES = [
    variable("namespace", "Namespace", 'label_values(up{job="peer"}, namespace)'),
    variable("pod", "Pod", 'label_values(up{job="peer",namespace=~"$namespace"}, pod)'),
]
ANNOTATIONS = [
    annotation("Firing alerts", "red",
               'ALERTS{alertstate="firing",alertname=~"Peer.*|Exporter.*"}',
               "{{alertname}}", "{{pod}} {{severity}}"),
    annotation("Container restarts", "orange", RESTART, "restart of {{container}}", "{{pod}}"),
]

FLEET = [
    stat("Peers up", "none",
         [("sum(up{@peer})", "up"), ("count(up{@peer})", "known")],
         what="Sidecars that answer Prometheus, of those it knows.",
         source="`up` of the job peer.", good="Both numbers are the replicas you asked for.",
         do="See which pod is missing with kubectl get pods; its events say why."),
    stat("Peers without stats", "none", [("count(peer_up{@peer} == 0) or vector(0)", "silent")],
         what="Peers whose sidecar runs and whose stats could not be read.",
         source=f"`peer_up`: {SOCKET}.", good="0.", no_value="0",
         do="Errors by reason below tells whether the socket is missing, closed or too slow."),
    stat("Trainings", "short", [("sum(peer_trainings_total{@peer})", "since the peers' start")],
         what="Rounds of training that the running peers have finished since they started.",
         source=f"`peer_trainings_total`: {SOCKET}. The one counter shown as it is.",
         good="It grows.", do="If it stands still, look at training rate and at failures."),
    stat("Trainings in an hour", "short",
         [("sum(increase(peer_trainings_total{@peer}[1h]))", "last hour")],
         what="Rounds that all peers finished in the last hour.",
         source=f"`peer_trainings_total`: {SOCKET}.",
         good="Replicas times 3600 s over the interval of a round.",
         do="Fewer: peers are new, slow (duration of a training) or fail (failures)."),
    gauge("Mean accuracy", "percentunit", [("avg(peer_model_accuracy_ratio{@peer})", "mean")],
          what="Share of right answers on the test set, the mean of all peers.",
          source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
          good="It rises and then stays; for the example's data above 90 %.",
          do="If it falls, look for the peer that pulls it down under laggards."),
    stat("Spread of accuracy", "percentunit",
         [("max(peer_model_accuracy_ratio{@peer}) - min(peer_model_accuracy_ratio{@peer})",
           "best - worst")],
         what="How far the best and the worst peer are apart.",
         source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
         good="Small: models reach everybody.",
         do="Large for long: models do not get through; compare published with received."),
]

TRAINING = [
    timeseries("Training rate", "opm",
               [("60 * sum by (pod) (rate(peer_trainings_total{@peer}[$__rate_interval]))",
                 "{{pod}}")],
               what="Rounds that each peer finishes in a minute.",
               source=f"`peer_trainings_total`: {SOCKET}.",
               good="Level, and alike for all peers.",
               do="A peer at zero hangs; read its log. All slower: look at CPU throttling."),
    bars("Trainings in 30 minutes", "short",
         [("sum by (pod) (increase(peer_trainings_total{@peer}[30m]))", "{{pod}}")],
         watched=["PeerTrainingStalled"],
         what="Rounds that each peer finished in the last half hour.",
         source=f"`peer_trainings_total`: {SOCKET}.", good="About the same for every peer.",
         do="At 0 although its stats arrive, the peer lives and does not learn: read its log."),
    timeseries("Failure ratio", "percentunit",
               [("sum by (pod) (rate(peer_training_failures_total{@peer}[$__rate_interval]))"
                 " / sum by (pod) (rate(peer_trainings_total{@peer}[$__rate_interval]))",
                 "{{pod}}")], low=0, high=1,
               what="Rounds in which the exchange with IPFS or a neighbour failed, of all.",
               source=f"`peer_training_failures_total`, `peer_trainings_total`: {SOCKET}.",
               good="0.",
               do="See whether the daemon of that pod answers (IPFS metrics), then swarm peers."),
    timeseries("Duration of a training", "s",
               [(f"histogram_quantile({quantile}, sum by (le)"
                 " (rate(peer_training_duration_seconds_bucket{@peer}[$__rate_interval])))",
                 name) for quantile, name in ((0.5, "median"), (0.95, "95 of 100"))],
               low=0, what="Time to average and train the model, without the exchange.",
               source=f"`peer_training_duration_seconds`: {SOCKET}.",
               good="Level and far below the interval of a round.",
               do="When it grows, the pod lacks CPU: see throttling in Kubernetes cluster."),
    timeseries("Models published and received", "opm",
               [("60 * sum by (pod) (rate(peer_models_published_total{@peer}"
                 "[$__rate_interval]))", "{{pod}} published"),
                ("60 * sum by (pod) (rate(peer_models_received_total{@peer}"
                 "[$__rate_interval]))", "{{pod}} received")],
               what="Own models added to IPFS, and models of others fetched from it.",
               source=f"`peer_models_published_total`, `peer_models_received_total`: {SOCKET}.",
               good="Each peer receives what the others publish.",
               do="Published and not received: the swarm is split or blocks do not move."),
    timeseries("Tips of the model DAG", "short", [("peer_tips{@peer}", "{{pod}}")], low=0,
               what="Known models that no known model builds on yet.",
               source=f"`peer_tips`: {SOCKET}.",
               good="Low and level: peers merge what they hear of.",
               do="When it only grows, peers publish without averaging: check what they receive."),
]

MODEL = [
    timeseries("Accuracy", "percentunit",
               [("peer_model_accuracy_ratio{@peer}", "{{pod}}"),
                ("quantile(0.5, peer_model_accuracy_ratio{@peer})", "median")],
               what="Share of right answers on the test set, by peer.",
               source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
               good="All lines rise together and stay.",
               do="A line that stays low: that peer trains alone; see its failures and swarm."),
    timeseries("Loss", "short", [("peer_model_loss{@peer}", "{{pod}}")], low=0,
               what="Mean cross entropy on the test set, by peer.",
               source=f"`peer_model_loss`: {SOCKET}.", good="It falls and levels out.",
               do="Rising loss with steady accuracy is overconfidence; lower the step width."),
    table("Laggards", "percentunit",
          [("bottomk(5, peer_model_accuracy_ratio{@peer})", "{{pod}}")], value="Accuracy",
          hidden=["__name__", "job", "instance"],
          what="The five peers that are right least often.",
          source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
          good="Close to the mean above.",
          do="The same pod for hours: compare its data, its log and its swarm peers."),
    timeseries("Accuracy against its best of 6 hours", "percentunit",
               [("peer_model_accuracy_ratio{@peer}"
                 " - max_over_time(peer_model_accuracy_ratio{@peer}[6h])", "{{pod}}")],
               watched=["PeerAccuracyDropped"], high=0,
               what="How far each peer is below the best that it reached in six hours.",
               source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Near 0.",
               do="A sudden drop: a bad model was averaged in; see who published at that time."),
    table("About the peers", "none", [("peer_info{@peer}", "{{pod}}")], value=None, w=16,
          hidden=["__name__", "job", "instance"],
          what="What each peer says about itself in words.",
          source=f"`peer_info`: {SOCKET}.", good="All run the same algorithm.",
          do="An odd one out was started with other flags: compare its pod template."),
]

SIDECAR_ROW = [
    states("Stats readable", [("peer_up{@peer}", "{{pod}}")], watched=["PeerStatsUnreachable"],
           what="Whether the sidecar could read the peer's last stats.",
           source=f"`peer_up`: {SOCKET}.", good="Green throughout.",
           do="Red with a running peer: look at errors by reason and who may write the socket."),
    timeseries("Age of the stats", "s",
               [("time() - ipfs_peer_exporter_collector_last_success_timestamp_seconds"
                 "{@peer,collector=~\"peer.*\"}", "{{pod}}")], low=0,
               what="Time since the sidecar last got all it asked the peer for.",
               source=f"`ipfs_peer_exporter_collector_last_success_timestamp_seconds`: {SIDECAR}.",
               good="Below two intervals of polling.",
               do="The peer accepts and does not answer, or is gone: see errors by reason."),
    timeseries("Errors by reason", "ops",
               [("sum by (pod, reason) (rate(ipfs_peer_exporter_collector_errors_total"
                 "{@peer,collector=~\"peer.*\"}[$__rate_interval]))"
                 " or on (pod) 0 * sum by (pod) (peer_up{@peer})", "{{pod}} {{reason}}")], low=0,
               what="Polls of the stats socket that failed, by reason.",
               source=f"`ipfs_peer_exporter_collector_errors_total`: {SIDECAR}.", good="None.",
               do="connect: no socket. timeout: the peer is busy. parse: what it says is broken."),
    timeseries("Duration of a poll", "s",
               [("ipfs_peer_exporter_collector_duration_seconds{@peer,collector=~\"peer.*\"}",
                 "{{pod}}")], low=0,
               what="Time that the last exchange with the peer took.",
               source=f"`ipfs_peer_exporter_collector_duration_seconds`: {SIDECAR}.",
               good="Milliseconds.",
               do="Near the timeout (2 s): the peer answers between rounds only; use a thread."),
    timeseries("Values that were dropped", "ops",
               [("sum by (pod, reason) (rate(ipfs_peer_exporter_skipped_samples_total"
                 "{@peer,collector=~\"peer.*\"}[$__rate_interval]))"
                 " or on (pod) 0 * sum by (pod) (peer_up{@peer})", "{{pod}} {{reason}}")], low=0,
               what="Values of the stats that could not be taken, by reason.",
               source=f"`ipfs_peer_exporter_skipped_samples_total`: {SIDECAR}.", good="None.",
               do="The exporter's --once names each value; docs/stats-socket.md the rules."),
    timeseries("Memory of the sidecar", "bytes",
               [("sum by (pod) (container_memory_working_set_bytes{@pod,container=\"exporter\"})",
                 "{{pod}} used"),
                ("max(container_spec_memory_limit_bytes{@pod,container=\"exporter\"})", "limit")],
               low=0, what="Memory of the exporter's container, and its limit.",
               source="cAdvisor in the kubelet (job kubernetes).",
               good="A third of the limit, and level.",
               do="Rising without end is a bug of the exporter: please report it with the page."),
]

ROWS = {"Fleet": FLEET, "Training": TRAINING, "Model": MODEL, "Sidecar": SIDECAR_ROW}
