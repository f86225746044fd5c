"""Peer metrics: the training of the peers, and the state of their sidecars."""

from panels import annotation, bars, gauge, stat, states, table, timeseries, variable

UID = "peer-metrics"
TITLE = "Peer metrics"
ABOUT = "What the learning peers report about themselves, read from their stats sockets."
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
         what="Sidecars that answer Prometheus, and sidecars that Prometheus knows.",
         source="`up` of the job peer.", good="Both numbers equal the replicas that you asked for.",
         do="kubectl get pods shows which pod is missing; its events say why."),
    stat("Peers without stats", "none", [("count(peer_up{@peer} == 0) or vector(0)", "silent")],
         no_value="0", what="Peers whose stats the sidecar could not read.",
         source=f"`peer_up`: {SOCKET}.", good="0.",
         do="*Errors by reason* shows whether the socket is missing, closed or too slow."),
    stat("Training rounds", "short", [("sum(peer_trainings_total{@peer})", "since start")],
         what="Training rounds that the running peers have finished since they started.",
         source=f"`peer_trainings_total`: {SOCKET}; shown as the raw counter.", good="It grows.",
         do="If it stands still, see *Training rate* and *Failure ratio*."),
    stat("Training rounds, last hour", "short",
         [("sum(increase(peer_trainings_total{@peer}[1h]))", "last hour")],
         what="Rounds that all peers finished in the last hour.",
         source=f"`peer_trainings_total`: {SOCKET}.",
         good="Number of replicas × 3600 s ÷ interval of a round.",
         do="If there are fewer, peers are new, slow (*Duration of a training round*) or fail "
            "(*Failure ratio*)."),
    gauge("Mean accuracy", "percentunit", [("avg(peer_model_accuracy_ratio{@peer})", "mean")],
          what="Share of right answers on the test set, averaged over all peers.",
          source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
          good="It rises and then stays level; above 90 % with the example's data.",
          do="If it falls, *Least accurate peers* shows which peer pulls it down."),
    stat("Accuracy spread", "percentunit",
         [("max(peer_model_accuracy_ratio{@peer}) - min(peer_model_accuracy_ratio{@peer})",
           "best - worst")], what="Difference in accuracy between the best and the worst peer.",
         source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Small: models reach every peer.",
         do="If it stays large, models do not get through: see *Models published and received*."),
]

TRAINING = [
    timeseries("Training rate", "opm",
               [("60 * sum by (pod) (rate(peer_trainings_total{@peer}[$__rate_interval]))",
                 "{{pod}}")], what="Rounds that each peer finishes per minute.",
               source=f"`peer_trainings_total`: {SOCKET}.",
               good="Steady, and similar for all peers.",
               do="A peer at 0 hangs: read its log. If all are slower, see *CPU throttling* in "
                  "*Kubernetes cluster*."),
    bars("Training rounds, last 30 minutes", "short",
         [("sum by (pod) (increase(peer_trainings_total{@peer}[30m]))", "{{pod}}")],
         watched=["PeerTrainingStalled"],
         what="Rounds that each peer finished in the last half hour.",
         source=f"`peer_trainings_total`: {SOCKET}.", good="About the same for every peer.",
         do="A peer at 0 whose stats still arrive is running but does not train: read its log."),
    timeseries("Failure ratio", "percentunit",
               [("sum by (pod) (rate(peer_training_failures_total{@peer}[$__rate_interval]))"
                 " / sum by (pod) (rate(peer_trainings_total{@peer}[$__rate_interval]))",
                 "{{pod}}")], low=0, high=1,
               what="Share of rounds in which the exchange with IPFS or a neighbour failed.",
               source=f"`peer_training_failures_total`, `peer_trainings_total`: {SOCKET}.",
               good="0.",
               do="For that pod, see *Daemon up* and then *Connected peers* in *IPFS metrics*."),
    timeseries("Duration of a training round", "s",
               [(f"histogram_quantile({quantile}, sum by (le)"
                 " (rate(peer_training_duration_seconds_bucket{@peer}[$__rate_interval])))",
                 name) for quantile, name in ((0.5, "median"), (0.95, "95th percentile"))], low=0,
               what="Time to average and train the model, without the exchange.",
               source=f"`peer_training_duration_seconds`: {SOCKET}.",
               good="Steady and far below the interval of a round.",
               do="If it grows, the pod lacks CPU: see *CPU throttling* in *Kubernetes cluster*."),
    timeseries("Models published and received", "opm",
               [("60 * sum by (pod) (rate(peer_models_published_total{@peer}"
                 "[$__rate_interval]))", "{{pod}} published"),
                ("60 * sum by (pod) (rate(peer_models_received_total{@peer}"
                 "[$__rate_interval]))", "{{pod}} received")],
               what="Own models added to IPFS, and models of other peers fetched from it.",
               source=f"`peer_models_published_total`, `peer_models_received_total`: {SOCKET}.",
               good="Each peer receives what the others publish.",
               do="If models are published but not received, the swarm is split or blocks do not "
                  "move."),
    timeseries("Tips of the model DAG", "short", [("peer_tips{@peer}", "{{pod}}")], low=0,
               what="Known models that no known model builds on yet.",
               source=f"`peer_tips`: {SOCKET}.",
               good="Low and steady: peers merge the models that they hear of.",
               do="If it only grows, peers publish without averaging: check what they receive."),
]

MODEL = [
    timeseries("Accuracy", "percentunit",
               [("peer_model_accuracy_ratio{@peer}", "{{pod}}"),
                ("quantile(0.5, peer_model_accuracy_ratio{@peer})", "median")],
               what="Share of right answers on the test set, by peer.",
               source=f"`peer_model_accuracy_ratio`: {SOCKET}.",
               good="All lines rise together and stay up.",
               do="A peer whose line stays low trains alone: see its *Failure ratio* and its "
                  "swarm."),
    timeseries("Loss", "short", [("peer_model_loss{@peer}", "{{pod}}")], low=0,
               what="Mean cross entropy on the test set, by peer.",
               source=f"`peer_model_loss`: {SOCKET}.", good="It falls and levels out.",
               do="If the loss rises while accuracy is steady, the model is overconfident: lower "
                  "the step size."),
    table("Least accurate peers", "percentunit",
          [("bottomk(5, peer_model_accuracy_ratio{@peer})", "{{pod}}")], value="Accuracy",
          hidden=["__name__", "job", "instance"], what="The five peers with the lowest accuracy.",
          source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Close to *Mean accuracy*.",
          do="If a pod stays here for hours, compare its data, its log and its swarm peers."),
    timeseries("Accuracy below the best of 6 hours", "percentunit",
               [("peer_model_accuracy_ratio{@peer}"
                 " - max_over_time(peer_model_accuracy_ratio{@peer}[6h])", "{{pod}}")],
               watched=["PeerAccuracyDropped"], high=0,
               what="How far each peer is below its best accuracy of the last six hours.",
               source=f"`peer_model_accuracy_ratio`: {SOCKET}.", good="Near 0.",
               do="After a sudden drop, a bad model was averaged in: see who published at that "
                  "time."),
    table("Peer information", "none", [("peer_info{@peer}", "{{pod}}")], value=None, w=16,
          hidden=["__name__", "job", "instance"],
          what="The texts that each peer reports about itself.", source=f"`peer_info`: {SOCKET}.",
          good="All peers run the same algorithm.",
          do="A peer that differs was started with other flags: compare its pod template."),
]

SIDECAR_ROW = [
    states("Stats readable", [("peer_up{@peer}", "{{pod}}")], watched=["PeerStatsUnreachable"],
           what="Whether the sidecar could read the peer's last stats.",
           source=f"`peer_up`: {SOCKET}.", good="Green throughout.",
           do="If red while the peer runs, see *Errors by reason* and who may write to the "
              "socket."),
    timeseries("Age of the stats", "s",
               [("time() - ipfs_peer_exporter_collector_last_success_timestamp_seconds"
                 "{@peer,collector=~\"peer.*\"}", "{{pod}}")], low=0,
               what="Time since the last poll that read all of the peer's stats.",
               source=f"`ipfs_peer_exporter_collector_last_success_timestamp_seconds`: {SIDECAR}.",
               good="Below two poll intervals.",
               do="If older, the peer accepts but does not answer, or is gone: see *Errors by "
                  "reason*."),
    timeseries("Errors by reason", "ops",
               [("sum by (pod, reason) (rate(ipfs_peer_exporter_collector_errors_total"
                 "{@peer,collector=~\"peer.*\"}[$__rate_interval]))"
                 " or on (pod) 0 * sum by (pod) (peer_up{@peer})", "{{pod}} {{reason}}")], low=0,
               what="Failed polls of the stats socket, by reason.",
               source=f"`ipfs_peer_exporter_collector_errors_total`: {SIDECAR}.", good="None.",
               do="connect: no socket. timeout: the peer is busy. parse: the stats are malformed."),
    timeseries("Poll duration", "s",
               [("ipfs_peer_exporter_collector_duration_seconds{@peer,collector=~\"peer.*\"}",
                 "{{pod}}")], low=0, what="Time that the last exchange with the peer took.",
               source=f"`ipfs_peer_exporter_collector_duration_seconds`: {SIDECAR}.",
               good="Milliseconds.",
               do="Near the timeout (2 s), the peer answers only between rounds: it should answer "
                  "from another thread."),
    timeseries("Dropped values", "ops",
               [("sum by (pod, reason) (rate(ipfs_peer_exporter_skipped_samples_total"
                 "{@peer,collector=~\"peer.*\"}[$__rate_interval]))"
                 " or on (pod) 0 * sum by (pod) (peer_up{@peer})", "{{pod}} {{reason}}")], low=0,
               what="Values of the stats that the exporter could not use, by reason.",
               source=f"`ipfs_peer_exporter_skipped_samples_total`: {SIDECAR}.", good="None.",
               do="The exporter's --once shows what was dropped; docs/stats-socket.md has the "
                  "rules."),
    timeseries("Sidecar memory", "bytes",
               [("sum by (pod) (container_memory_working_set_bytes{@pod,container=\"exporter\"})",
                 "{{pod}} used"),
                ("max(container_spec_memory_limit_bytes{@pod,container=\"exporter\"})", "limit")],
               low=0, what="Memory of the exporter's container, and its limit.",
               source="cAdvisor in the kubelet (job kubernetes).",
               good="A third of the limit, and steady.",
               do="If it grows without end, the exporter has a bug: please report it with its "
                  "/metrics page."),
]

ROWS = {"Fleet": FLEET, "Training": TRAINING, "Model": MODEL, "Sidecar": SIDECAR_ROW}
