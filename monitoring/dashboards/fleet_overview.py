"""Fleet overview: what is wrong, how values are spread, and which instances are worst."""

from board import chosen, firing
from panels import bars, gauge, heatmap, stat, table, timeseries
from queries import (
    INSTANCE, OF_PLACE, PLACE, R, distribution, down, known, missing, number, spread, top)
from tiles import (
    CONNECTED, CPU, FILL, FREE, HAD_PEERS, INFO, MEMORY, NATIVE_OFF, RESTARTS, daemons_down,
    exporters_down, unhealthy_daemons)

UID = "fleet-overview"
TITLE = "Fleet overview"
ABOUT = ("All exporters, IPFS daemons and peers of the chosen clusters at a glance, for one "
         "machine or a thousand. Each instance leads to its details.")

ACCURACY = "peer_model_accuracy_ratio{@peer}"
WAYS = [f"rate(ipfs_bandwidth_{way}_bytes_total{{@ipfs}}{R})" for way in ("received", "sent")]
TRAFFIC = " + ".join(WAYS)
FAILING = (f"min by ({PLACE}, collector) (ipfs_peer_exporter_collector_success{{@self}}) == 0")
FIRING = f'ALERTS{{alertstate="firing",severity=~"critical|warning",{OF_PLACE}}}'
LATENCY = ("ipfs_swarm_peer_latency_seconds_sum{@ipfs}"
           " / (ipfs_swarm_peer_latency_seconds_count{@ipfs} > 0)")
WORST = 10

VARIABLES = chosen(INFO)
ANNOTATIONS = [firing(".+", by="cluster")]


def alerts_of(severity):
    return (f'count(ALERTS{{alertstate="firing",severity="{severity}",{OF_PLACE}}})'
            f" or 0 * count({INFO}{{@self}})")


NOW = [
    stat("Critical alerts", "none", [(alerts_of("critical"), "critical")],
         limits=[(">", 0, "red")], what="Critical alerts that fire about what is chosen.",
         source="`ALERTS`: Prometheus' evaluation of monitoring/rules.", good="0.",
         do="*Firing alerts* lists them; each has a runbook."),
    stat("Warnings", "none", [(alerts_of("warning"), "warnings")], limits=[(">", 0, "orange")],
         what="Warnings that fire about what is chosen.",
         source="`ALERTS`: Prometheus' evaluation of monitoring/rules.", good="0.",
         do="*Firing alerts* lists them; each has a runbook."),
    exporters_down("*Not answering* names them."),
    daemons_down("*Not answering* names them."),
    gauge("Daemons up", "percentunit",
          [("(sum(ipfs_up{@ipfs}) or 0 * count(up{@ipfs}))"
            f" / count({known('ipfs_up')})", "up")],
          limits=[("<", 1, "orange"), ("<", 0.9, "red")],
          related=["IpfsDaemonUnreachable", "ExporterDown"],
          what="Share of all known daemons that answer.",
          source="`ipfs_up`, from `version`, every 10 s; `up` of those jobs.", good="100 %.",
          do="Below 90 %, look for what the others have in common: network, host, version."),
    stat("Peers without stats", "none",
         [(number(down("peer_up"), known("peer_up")), "silent")], no_value="no peers",
         limits=[(">", 0, "orange")],
         related=["PeerStatsUnreachable", "PeersMissing", "PeersMostlyMissing"],
         what="Peers whose stats cannot be read, and those whose exporter does not answer.",
         source="`peer_up`; `up` of those jobs.", good="0.",
         do="*Not answering* names them; *Peer metrics* shows more."),
    stat("Isolated daemons", "none",
         [(number(f"{HAD_PEERS} == 0", CONNECTED), "isolated")], limits=[(">", 0, "red")],
         related=["IpfsSwarmIsolated", "BootstrapDown"],
         what="Daemons that answer and have lost all connections.",
         source="`swarm/peers`, every 15 s.", good="0.",
         do="*Fewest connected peers* names them; check swarm key, bootstrap and port 4001."),
    unhealthy_daemons("*Daemon healthy* in *IPFS metrics* shows which."),
    gauge("Least free volume", "percentunit", [(f"min({FREE})", "least")],
          watched=["IpfsRepoVolumeFull"], limits=[("<", 0.1, "orange")],
          related=["IpfsRepoVolumeFilling"],
          what="Space left on the volume of a repository, as a share of what the repository could "
               "use: the least of all.", source="`diag/sys` and `repo/stat`, every 30 s.",
          good="Above 10 %.",
          do="*Least free volumes* names it: enlarge the volume, or unpin and collect garbage."),
    stat("Restarting daemons", "none",
         [(number(f"{RESTARTS} > 1", "ipfs_up{@ipfs}"), "restarting")],
         limits=[(">", 0, "orange")], related=["IpfsDaemonRestarting"],
         what="Daemons that restarted more than once within the last hour.",
         source="`ipfs_daemon_restarts_total`: the version changed or a counter fell.", good="0.",
         do="*Most restarts* names them; often the memory limit is too low."),
    stat("Failing collectors", "none",
         [(number(FAILING, "ipfs_peer_exporter_collector_success{@self}"), "failing")],
         limits=[(">", 0, "orange")], related=["ExporterCollectorFailing"],
         what="Collectors, of all exporters, whose last poll was incomplete or failed.",
         source="`ipfs_peer_exporter_collector_success`.", good="0.",
         do="*Collector success* in *Exporter health* names them."),
    stat("Versions of Kubo", "none",
         [("count(count by (version) (ipfs_daemon_info{@ipfs}))", "versions")],
         limits=[(">", 1, "orange")], related=["IpfsVersionsDiffer", "IpfsVersionOutdated"],
         what="Number of versions of Kubo in the fleet.",
         source="`version`, every minute.", good="1, except while you upgrade.",
         do="*Daemons by version* shows how many run each, *Daemons* in *IPFS metrics* who."),
]

WRONG = [
    table("Firing alerts", "none",
          [(f"topk(40, max by (alertname, severity, {PLACE}, namespace, pod, node) ({FIRING}))",
            "")], value=None, w=12, no_value="none fires", detail="ipfs-metrics",
          columns=["severity", "alertname", "cluster", "instance"],
          what="Alerts that fire about what is chosen, at most 40.",
          source="`ALERTS`: Prometheus' evaluation of monitoring/rules.", good="Empty.",
          do="monitoring/runbooks.md has a section for each alert; the alert itself has its link."),
    table("Not answering", "none",
          [(f"topk(20, ({down('ipfs_up')} or {down('peer_up')} or {missing(INFO)}))", "")],
          value=None, renamed={"__name__": "metric at 0"}, w=12, no_value="all answer",
          detail="ipfs-metrics", columns=["cluster", "instance", "__name__", "job"],
          hidden=["namespace", "pod", "container", "endpoint"],
          what="Exporters that do not answer Prometheus, and daemons and peers that do not answer "
               "their exporter, at most 20.", source="`up`, `ipfs_up`, `peer_up`.", good="Empty.",
          do="Follow the instance: *Daemon up* in *IPFS metrics* shows since when.",
          related=["ExporterDown", "IpfsDaemonUnreachable", "PeerStatsUnreachable"]),
]

SPREAD = [
    heatmap("Connected peers, all daemons", "none",
            distribution(CONNECTED, (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
            what="How many daemons have how many connected peers, over time.",
            source="`swarm/peers`, every 15 s.", good="One dark band that stays where it is.",
            do="A second band below it: a part of the fleet has lost its peers."),
    heatmap("Repository usage, all daemons", "percentunit",
            distribution(FILL, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)),
            no_value="no repository has a limit",
            what="How many daemons use which share of their limit, over time.",
            source="`repo/stat`, every 30 s.", good="Nothing above 90 %.",
            do="Kubo collects garbage at 90 % with --enable-gc; without it the limit is soft, and "
               "*Least free volumes* counts."),
    heatmap("Model accuracy, all peers", "percentunit",
            distribution(ACCURACY, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1)),
            no_value="no peers",
            what="How many peers have which accuracy, over time.",
            source="`peer_model_accuracy_ratio`: the peers' stats sockets.",
            good="One dark band that rises.",
            do="A second band below it: some peers train without the others."),
    timeseries("Connected peers", "none", spread(CONNECTED), low=0,
               what="Quantiles over all daemons of the number of connected peers.",
               source="`swarm/peers`, every 15 s.", good="The lines are close to each other.",
               do="If the lowest falls alone, see *Fewest connected peers*."),
    timeseries("Bandwidth", "Bps", spread(TRAFFIC), low=0,
               what="Quantiles over all daemons of the bytes per second, received and sent.",
               source="`stats/bw`, every 10 s.", good="In step with the exchange of content.",
               do="If the highest is far above the 90th percentile, see *Most traffic*."),
    timeseries("Latency to peers", "s", spread(LATENCY), low=0,
               what="Quantiles over all daemons of the mean round-trip time to their peers.",
               source="`swarm/peers`, every 15 s.",
               good="Milliseconds in a cluster, below 0.3 s worldwide.",
               do="If only the highest rises, one host or site is slow: see *Peer latency* in "
                  "*IPFS metrics*."),
]

WORST_ROW = [
    bars("Fewest connected peers", "none", [(f"sort(bottomk({WORST}, {HAD_PEERS}))", INSTANCE)],
         watched=["IpfsSwarmIsolated"], related=["IpfsSwarmFewPeers"], detail="ipfs-metrics",
         what=f"The {WORST} daemons with the fewest connections.",
         source="`swarm/peers`, every 15 s.", good="Near the median.",
         do="At 0, check swarm key, bootstrap address and port 4001 of that host."),
    bars("Least free volumes", "percentunit", [(f"sort(bottomk({WORST}, {FREE}))", INSTANCE)],
         watched=["IpfsRepoVolumeFull"], limits=[("<", 0.1, "orange")], high=1,
         related=["IpfsRepoVolumeFilling"], detail="ipfs-metrics",
         what=f"Space left, as a share of what the repository could use: the {WORST} volumes with "
              "the least.", source="`diag/sys` and `repo/stat`, every 30 s.", good="Above 10 %.",
         do="Enlarge the volume, or unpin content and collect garbage."),
    bars("Most restarts", "none",
         [(f"sort_desc(topk({WORST}, {RESTARTS} > 0))", INSTANCE)], detail="ipfs-metrics",
         watched=["IpfsDaemonRestarting"], no_value="no restart within an hour",
         what=f"The {WORST} daemons that restarted most in the last hour.",
         source="`ipfs_daemon_restarts_total`.", good="Empty.",
         do="Read the log of the previous run (kubectl logs --previous, journalctl -u ipfs)."),
    timeseries("Most traffic", "Bps", [(top(TRAFFIC, by=WAYS), INSTANCE)], low=0,
               detail="ipfs-metrics",
               what=f"Bytes per second, received and sent, of the {WORST} busiest daemons.",
               source="`stats/bw`, every 10 s.", good="In step with the others.",
               do="See *Bandwidth in by protocol* in *IPFS metrics* of that instance."),
    timeseries("Most CPU", "none", [(top(CPU, key=PLACE), INSTANCE)], low=0, no_value=NATIVE_OFF,
               detail="ipfs-metrics", what=f"Cores that the {WORST} busiest daemons use.",
               source="`ipfs_daemon_cpu_seconds_total`, of collector ipfs.native.",
               good="In step with the others.",
               do="See *Messages received* and *Routing table* in *IPFS metrics*."),
    timeseries("Most memory", "bytes", [(top(MEMORY, key=PLACE), INSTANCE)], low=0,
               no_value=NATIVE_OFF, detail="ipfs-metrics",
               what=f"Resident memory of the {WORST} largest daemons.",
               source="`ipfs_daemon_resident_memory_bytes`, of collector ipfs.native.",
               good="Level.",
               do="See *Connected peers* and *Daemon goroutines* in *IPFS metrics*."),
    bars("Least accurate peers", "percentunit",
         [(f"sort(bottomk({WORST}, {ACCURACY}))", f"{INSTANCE} {{{{peer}}}}")],
         detail="peer-metrics", high=1,
         limits=[("<", 0.8, "orange"), ("<", 0.5, "red")], no_value="no peers",
         related=["PeerAccuracyDropped"], what=f"The {WORST} peers with the lowest accuracy.",
         source="`peer_model_accuracy_ratio`: the peers' stats sockets.",
         good="Near the others; above 80 % with the example's data.",
         do="Is the peer new? Otherwise compare its data, its log and its swarm peers."),
    timeseries("Daemons by version", "none",
               [(top("count by (version) (ipfs_daemon_info{@ipfs})", key="version", count=20),
                 "Kubo {{version}}")], stacked=True, low=0,
               what="Number of daemons by version of Kubo.", source="`version`, every minute.",
               good="One version, or one that gives way to another.",
               do="If an old version remains, find its hosts in *Daemons* in *IPFS metrics*."),
    timeseries("Exporters by version", "none",
               [(top(f"count by (version) (max by ({PLACE}, version) ({INFO}{{@self}}))",
                     key="version", count=20), "exporter {{version}}")], stacked=True, low=0,
               what="Number of exporters by version.", source=f"`{INFO}`.",
               good="One version, or one that gives way to another.",
               do="If an old version remains, see *Versions by exporter* in *Exporter health*."),
]

ROWS = {"Now": NOW, "Problems": WRONG, "Distributions": SPREAD,
        "Worst instances and versions": WORST_ROW}
