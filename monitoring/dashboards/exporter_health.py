"""Exporter health: whether the values of the other dashboards can be trusted."""

from alerts import ALERTS
from board import annotation, chosen, firing
from panels import gauge, stat, states, table, timeseries
from queries import (INSTANCE, KEY, LISTED, PLACE, bottom, known, number, own, spread, top)
from tiles import INFO, exporters_down

UID = "exporter-health"
TITLE = "Exporter health"
ABOUT = ("The exporters themselves: whether they poll, what fails, what they use. With several "
         "scrape jobs each exporter is shown once.")

SELF = "ipfs_peer_exporter_collector_"
REASON = f"{PLACE}, collector, reason"
# Each exporter serves its own metrics on every page, so they are there once for each job.
ONCE = f"max by ({PLACE}, collector)"
SUCCESS = f"min by ({PLACE}, collector) ({SELF}success{{@self}})"
LATE = f"time() - {SELF}last_success_timestamp_seconds{{@self}} - {SELF}interval_seconds{{@self}}"
DELAY, LATEST = f"max by (collector) ({LATE})", f"{ONCE} ({LATE})"
ERRORS = f"max by ({REASON}) (rate({SELF}errors_total{{@self}}[$__rate_interval]))"
DROPPED = (f"max by ({REASON})"
           " (rate(ipfs_peer_exporter_skipped_samples_total{@self}[$__rate_interval]))")
POLLING = (f"sum by ({PLACE}) (max by ({PLACE}, collector)"
           f" (rate({SELF}poll_seconds_total{{@self}}[$__rate_interval])))")
POLLS = (f"sum by ({PLACE}) (max by ({PLACE}, collector)"
         f" (rate({SELF}polls_total{{@self}}[$__rate_interval])))")
CPU = own("rate(process_cpu_seconds_total{@self}[$__rate_interval])")
MEMORY = own("process_resident_memory_bytes{@self}")
FILES = own("process_open_fds{@self} / process_max_fds{@self}")
THERE = f"group by ({PLACE}) ({INFO}{{@self}})"
# Shown as 0 where nothing is wrong.
NOTHING = f'or on () label_replace(0 * count({INFO}{{@self}}), "reason", "none", "", "")'
SOURCE = "the exporter itself"
RELOAD = "ipfs_peer_exporter_config_last_reload_successful{@self}"
WEB = "ipfs_peer_exporter_web_config_last_reload_successful{@self}"

# 0 if one of the two failed.
RELOADED = f"(min by ({PLACE}) ({WEB}) == 0 or min by ({PLACE}) ({RELOAD}))"

OF_PROMETHEUS = [name for name in ALERTS
                 if name.startswith(("Prometheus", "Alertmanager", "Watchdog"))]

VARIABLES = chosen(INFO)
ANNOTATIONS = [
    firing("Exporter.*"),
    annotation("Exporter starts", "orange",
               f"topk(20, {own('changes(process_start_time_seconds{@self}[5m])')}) > 0",
               "start of the exporter", INSTANCE),
]

NOW = [
    exporters_down("*Targets down* names them: does the host run, does the port answer?"),
    gauge("Exporters up", "percentunit",
          [(f"count({THERE}) / count(group by ({PLACE}) ({known(INFO)}))", "up")],
          limits=[("<", 1, "orange"), ("<", 0.9, "red")], related=["ExporterDown"],
          what="Share of the exporters that answer Prometheus.",
          source="`up` of the jobs that have, or had within a day, metrics of an exporter.",
          good="100 %.", do="Below 90 %, look for what they have in common: network, host, image."),
    stat("Failing collectors", "none", [(number(f"{SUCCESS} == 0", f"{SELF}success{{@self}}"),
                                         "failing")], limits=[(">", 0, "orange")],
         related=["ExporterCollectorFailing"],
         what="Collectors, of all chosen exporters, whose last poll was incomplete or failed.",
         source=f"`{SELF}success`: {SOURCE}.", good="0.",
         do="*Collector success* names them, *Errors by reason* says why."),
    stat("Longest delay", "s", [(f"max({DELAY})", "delay")], limits=[(">", 600, "orange")],
         related=["ExporterPollStale"],
         what="Time since the last complete poll, beyond the interval, of the most delayed "
              "collector.", source=f"`{SELF}last_success_timestamp_seconds`: {SOURCE}.",
         good="Below the scrape interval.",
         do="*Collector delay* shows which one. After three intervals its series disappear."),
    stat("Failed reloads", "none",
         [(number(f"{RELOADED} == 0", RELOAD), "failed")],
         limits=[(">", 0, "orange")], related=["ExporterReloadFailed", "ExporterWebConfigFailed"],
         what="Exporters whose last reload of the configuration or of the web configuration "
              "failed.", source=f"`ipfs_peer_exporter_*config_last_reload_successful`: {SOURCE}.",
         good="0.", do="The previous configuration is in force; the exporter's log names the line. "
                       "*Reloads* shows which exporter."),
    stat("Versions of the exporter", "none",
         [(f"count(count by (version) ({INFO}{{@self}}))", "versions")],
         limits=[(">", 1, "orange")], what="Number of versions that the chosen exporters run.",
         source=f"`{INFO}`: {SOURCE}.", good="1.",
         do="If there are several outside a rollout, *Versions by exporter* names them."),
]

POLLS_ROW = [
    table("Targets down", "none", [(f"topk({LISTED}, up{{@self}} == 0"
                                    f" and on (cluster, job) group by (cluster, job)"
                                    f" (last_over_time({INFO}{{@jobs}}[1d] @ end())))", "")],
          value=None, hidden=["__name__"], no_value="none is down",
          related=["ExporterDown", "ExporterPageFailing", "ExporterAbsent"],
          what=f"Targets that do not answer Prometheus, at most {LISTED}.",
          source="`up` of the jobs that have, or had within a day, metrics of an exporter.",
          good="Empty.", do="Does the host run, does the exporter run, may Prometheus reach its "
                            "port? For 401 or 404 see Prometheus' page of targets."),
    states("Collector success", [(f"min by (collector) ({SELF}success{{@self}})",
                                  "{{collector}}")], related=["ExporterCollectorFailing"],
           what="Whether the last poll of each collector was complete, in every chosen "
                "exporter.", source=f"`{SELF}success`: {SOURCE}.", good="yes throughout.",
           do="*Failing now* names the exporter, *Errors by reason* says why; docs/operations.md "
              "says what to do."),
    table("Failing now", "none", [(f"topk({LISTED}, {SUCCESS} == 0)", "")], value=None,
          related=["ExporterCollectorFailing"], no_value="none fails",
          what=f"Collectors whose last poll was incomplete or failed, at most {LISTED}.",
          source=f"`{SELF}success`: {SOURCE}.", good="Empty.",
          do="*Errors by reason* says why; choose the instance to see its errors alone."),
    timeseries("Errors by reason", "ops",
               [(f"{top(ERRORS, key=REASON, count=20)} {NOTHING}",
                 f"{INSTANCE} {{{{collector}}}} {{{{reason}}}}")], low=0,
               related=["ExporterCollectorFailing"],
               what="Failed requests to daemons and peers, by reason; the most frequent.",
               source=f"`{SELF}errors_total`: {SOURCE}.", good="None.",
               do="connect: nothing listens. timeout: it is busy. auth: no permission. "
                  "docs/operations.md has them all."),
    timeseries("Collector delay", "s", [(DELAY, "{{collector}}")],
               limits=[(">", 600, "orange")], related=["ExporterPollStale"],
               what="Time since the last complete poll of each collector, beyond its interval, in "
                    "the exporter where it is longest.",
               source=f"`{SELF}last_success_timestamp_seconds`: {SOURCE}.",
               good="Below the scrape interval.",
               do="*Most delayed collectors* names the exporter. After three intervals its "
                  "series disappear."),
    table("Most delayed collectors", "s", [(f"topk({LISTED}, {LATEST})", "")], value="Delay",
          limits=[(">", 600, "orange")], related=["ExporterPollStale"],
          what=f"The {LISTED} collectors with the longest delay beyond their interval.",
          source=f"`{SELF}last_success_timestamp_seconds`: {SOURCE}.",
          good="Below the scrape interval.",
          do="If all of one exporter are late, restart that exporter and report it."),
    timeseries("Poll duration", "s",
               [(f"max by (collector) ({SELF}duration_seconds{{@self}})", "{{collector}}")], low=0,
               what="Time that the last poll of each collector took, in the slowest exporter.",
               source=f"`{SELF}duration_seconds`: {SOURCE}.",
               good="Milliseconds; pins and objects may take longer.",
               do="Slow calls are made less often automatically: see *Poll intervals*."),
    timeseries("Poll intervals", "s",
               [(f"max by (collector) ({SELF}interval_seconds{{@self}})", "{{collector}}")], low=0,
               what="Current time between polls of each collector, in the exporter where it is "
                    "longest.", source=f"`{SELF}interval_seconds`: {SOURCE}.",
               good="As configured.",
               do="If longer, the call takes over 1 % of the time: the daemon's disk is slow."),
    timeseries("Time spent polling", "percentunit", [(top(POLLING, key=PLACE), INSTANCE)], low=0,
               what="Share of time that a daemon works for its exporter, summed over all polls.",
               source=f"`{SELF}poll_seconds_total`: {SOURCE}.", good="Below 5 %.",
               do="Turn off collectors that you do not need: --no-collector.NAME."),
    timeseries("Polls", "ops", spread(POLLS), low=0, related=["ExporterStuck"],
               what="Polls that the exporters make.", source=f"`{SELF}polls_total`: {SOURCE}.",
               good="About one per second.", do="At 0, an exporter hangs: restart and report it."),
    timeseries("Scrapes", "ops",
               [("sum by (code) (rate(ipfs_peer_exporter_scrapes_total{@self}[$__rate_interval]))"
                 f" / scalar(count(count by ({KEY}) ({INFO}{{@self}})))", "{{code}}")], low=0,
               what="Scrapes that an exporter answers, by status: the mean of each job.",
               source=f"`ipfs_peer_exporter_scrapes_total`: {SOURCE}.", good="Only code 200.",
               do="400: a scrape names an unknown collector in collect[] or exclude[]."),
    timeseries("Dropped values", "ops",
               [(f"{top(DROPPED, key=REASON, count=20)} {NOTHING}",
                 f"{INSTANCE} {{{{collector}}}} {{{{reason}}}}")], low=0,
               related=["PeerSamplesSkipped", "PeerSeriesLimit"],
               what="Values of daemons and peers that the exporter could not use, by reason.",
               source=f"`ipfs_peer_exporter_skipped_samples_total`: {SOURCE}.",
               good="None, or always the same: texts and lists of a peer's document.",
               do="The exporter's --once shows what was dropped; docs/stats-socket.md has the "
                  "rules."),
    states("Supported collectors",
           [(f"min by (collector) ({SELF}supported{{@self}})", "{{collector}}")],
           what="Whether every daemon supports what each collector asks for.",
           source=f"`{SELF}supported`: {SOURCE}.",
           good="yes, except for what your version of Kubo never had.",
           do="If a collector turns to no after an upgrade, its command was removed: turn the "
              "collector off."),
    states("Reloads", [(bottom(RELOADED, key=PLACE), INSTANCE)],
           related=["ExporterReloadFailed", "ExporterWebConfigFailed"],
           what="Whether the last reload of the configuration, and of the web configuration, "
                "succeeded.",
           source=f"`ipfs_peer_exporter_*config_last_reload_successful`: {SOURCE}.",
           good="yes throughout.", do="The exporter's log names the file and line. Until it is "
                                      "corrected, the previous one is in force."),
    table("Alerts about the monitoring", "none",
          [('topk(20, max by (alertname, severity, cluster, instance) (ALERTS{alertstate="firing",'
            'alertname=~"Prometheus.+|Alertmanager.+",cluster=~"$cluster"}))', "")],
          value=None, no_value="none fires", related=OF_PROMETHEUS,
          what="Alerts about Prometheus and Alertmanager themselves.",
          source="`ALERTS`: Prometheus' evaluation of monitoring/rules.", good="Empty.",
          do="While one fires, other alerts may be missing or not sent. Watchdog is not listed: it "
             "always fires, and an alarm is due when it stops arriving."),
]

USE = [
    timeseries("Exporter CPU", "percentunit", [(top(CPU, key=PLACE), INSTANCE)], low=0,
               what="Share of one core that an exporter uses; the highest ones.",
               source=f"`process_cpu_seconds_total`: {SOURCE}.", good="Below 1 %.",
               do="If higher, something scrapes very often, or the swarm is very large."),
    timeseries("Exporter memory", "bytes", [(top(MEMORY, key=PLACE), INSTANCE)], low=0,
               what="Resident memory of an exporter; the highest ones.",
               source=f"`process_resident_memory_bytes`: {SOURCE}.", good="Below 20 MiB.",
               do="If it grows without end, the exporter has a bug: please report it."),
    timeseries("Exporter file descriptors", "percentunit", [(top(FILES, key=PLACE), INSTANCE)],
               low=0, limits=[(">", 0.8, "orange")],
               what="Open file descriptors of an exporter, as a share of its limit.",
               source=f"`process_open_fds`, `process_max_fds`: {SOURCE}.", good="Below 10 %.",
               do="Near 100 %, clients keep too many connections open: see the exporter's log."),
    table("Versions by exporter", "none",
          [(f"topk({LISTED}, count by (version, revision) (max by ({PLACE}, version, revision)"
            f" ({INFO}{{@self}})))", "")],
          value="Exporters", w=12, what="Number of exporters by version.",
          source=f"`{INFO}`: {SOURCE}.", good="One version.",
          do="If there are several outside a rollout, find those that were not replaced."),
    table("Youngest exporters", "s",
          [(f"bottomk({LISTED}, time() - {own('process_start_time_seconds{@self}')})", INSTANCE)],
          value="Uptime", order="asc", w=12, what="Time since an exporter started, the shortest.",
          source=f"`process_start_time_seconds`: {SOURCE}.",
          good="The same as that of its pod or host.",
          do="If shorter, it restarted: see kubectl logs --previous -c exporter, or journalctl."),
]

ROWS = {"Now": NOW, "Polls": POLLS_ROW, "Resource usage": USE}
