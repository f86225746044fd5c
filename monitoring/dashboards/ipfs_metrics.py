"""IPFS metrics: daemons as seen through their RPC API and their own metrics."""

from board import annotation, chosen, firing
from ipfs_internals import INTERNALS
from ipfs_network import LIMITS, NETWORK
from ipfs_routing import ROUTING
from ipfs_storage import EXCHANGE, STORAGE
from panels import gauge, stat, states, table, timeseries
from queries import INSTANCE, KEY, LISTED, PLACE, bottom, known, top
from tiles import (
    CPU, FILL, HAD_PEERS, MEMORY, NATIVE_OFF, RESTARTS, daemons_down, unhealthy_daemons)

UID = "ipfs-metrics"
TITLE = "IPFS metrics"
ABOUT = ("IPFS daemons in detail, read by their exporters over the RPC API. Choose one or a few "
         "instances; of many, each panel shows the highest or lowest.")

VARIABLES = chosen("ipfs_up")
ANNOTATIONS = [
    firing("Ipfs.*|Exporter.*"),
    annotation("Daemon restarts", "orange",
               "topk(20, increase(ipfs_daemon_restarts_total{@ipfs}[2m])) > 0",
               "restart of the daemon", INSTANCE),
]
FILES = f"max by ({PLACE}) (ipfs_daemon_open_fds{{@ipfs}})"
STARTED = f"time() - max by ({PLACE}) (ipfs_daemon_start_time_seconds{{@ipfs}})"
OWN = "read from the daemon's own metrics by ipfs.native, which is off by default"

TILES = [
    daemons_down("*Daemon up* shows which; read the daemon's log."),
    unhealthy_daemons("ipfs diag healthy on that host prints the reason."),
    stat("Fewest connected peers", "none", [(f"min({HAD_PEERS})", "fewest")],
         watched=["IpfsSwarmIsolated"], related=["IpfsSwarmFewPeers"],
         no_value="a swarm of one",
         what="Number of peers of the daemon that is connected to the fewest.",
         source="`swarm/peers`, every 15 s.",
         good="All other peers in a private swarm; hundreds in the public one.",
         do="At 0, check the bootstrap address, the swarm key, and the firewall for port 4001."),
    gauge("Fullest repository", "percentunit", [(f"max({FILL})", "fullest")],
          limits=[(">", 0.9, "orange")], no_value="no limit",
          what="Share of its limit that the fullest repository uses.",
          source="`repo/stat`, every 30 s.",
          good="Below 90 %, where garbage collection begins if it is enabled.",
          do="Without --enable-gc the limit is soft, and *Free share of the volume* counts. "
             "Otherwise raise StorageMax, or unpin content."),
    stat("Most restarts, last hour", "none", [(f"max({RESTARTS})", "most")],
         watched=["IpfsDaemonRestarting"],
         what="Restarts in the last hour of the daemon that restarted most.",
         source="`ipfs_daemon_restarts_total`: the version changed or a counter fell.", good="0.",
         do="*Daemon restarts* shows which; often the memory limit is too low."),
    stat("Versions", "none", [("count(count by (version) (ipfs_daemon_info{@ipfs}))", "versions")],
         limits=[(">", 1, "orange")], related=["IpfsVersionsDiffer", "IpfsVersionOutdated"],
         what="Number of versions of Kubo that the chosen daemons run.",
         source="`version`, every minute.", good="1.",
         do="If there are several outside a rollout, *Daemons* shows who runs which."),
]

HEALTH = [
    states("Daemon up", [(bottom(known("ipfs_up"), by="ipfs_up{@ipfs}"), INSTANCE)],
           limits=[("==", 0, "red")], related=["IpfsDaemonUnreachable", "ExporterDown"],
           what="Whether each daemon answered its exporter; those that were down first.",
           source="`version`, every 10 s; `up` where the exporter is down.",
           good="Green throughout.",
           do="If red, the daemon is down or its RPC API hangs: see *Errors by reason* in "
              "*Exporter health*. A gap means that the exporter was not scraped."),
    states("Daemon healthy", [(bottom("ipfs_healthy{@ipfs}"), INSTANCE)],
           watched=["IpfsDaemonUnhealthy"], no_value="needs Kubo 0.42",
           what="Whether each daemon reports that it is healthy.",
           source="`diag/healthy`, since Kubo 0.42; older daemons are not shown.",
           good="Green throughout.", do="ipfs diag healthy on that host prints the reason."),
    timeseries("Daemon restarts", "none", [(top(RESTARTS), INSTANCE)], low=0,
               watched=["IpfsDaemonRestarting"],
               what="Restarts in the last hour that the exporter noticed.",
               source="`ipfs_daemon_restarts_total`: the version changed or a counter fell.",
               good="0.",
               do="Read the log of the previous run (kubectl logs --previous, or journalctl -u "
                  "ipfs)."),
    timeseries("Daemon CPU", "none", [(top(CPU, key=PLACE), INSTANCE)], low=0, w=6,
               no_value=NATIVE_OFF,
               what="Cores that each daemon uses.",
               source=f"`ipfs_daemon_cpu_seconds_total`: {OWN}.",
               good="Below the cores that it may use.",
               do="See *Messages received* and *Routing table*: often it serves strangers."),
    timeseries("Daemon memory", "bytes", [(top(MEMORY, key=PLACE), INSTANCE)], low=0, w=6,
               no_value=NATIVE_OFF, what="Resident memory of each daemon.",
               source=f"`ipfs_daemon_resident_memory_bytes`: {OWN}.",
               good="Level, and below the memory limit of its container or unit.",
               do="Allow fewer connections (Swarm.ConnMgr.HighWater) or raise the limit."),
    timeseries("Daemon open files", "none", [(top(FILES, key=PLACE), INSTANCE)], low=0, w=6,
               no_value=NATIVE_OFF, what="File descriptors that each daemon holds.",
               source=f"`ipfs_daemon_open_fds`: {OWN}.",
               good="In step with *Connected peers*, and far below ulimit -n.",
               do="Near the limit, connections fail: raise LimitNOFILE or IPFS_FD_MAX."),
    timeseries("Daemon uptime", "s", [(bottom(STARTED, key=PLACE), INSTANCE)], low=0, w=6,
               no_value=NATIVE_OFF, what="Time since each daemon started; the youngest first.",
               source=f"`ipfs_daemon_start_time_seconds`: {OWN}.", good="It grows.",
               do="If it falls to 0 repeatedly, see *Daemon restarts*."),
    table("Daemons", "none",
          [(f"topk({LISTED}, ipfs_daemon_info{{@ipfs}} * on ({KEY}) group_left (peer_id)"
            " ipfs_node_info{@ipfs})", INSTANCE)], value=None, hidden=["__name__"], w=24, h=6,
          what=f"Version, build and peer ID of the daemons, at most {LISTED}.",
          source="`version` and `id`, every minute.", good="One version everywhere.",
          do="If there are several outside a rollout, compare how those daemons are installed."),
]

ROWS = {"Now": TILES, "Health": HEALTH, "Network": NETWORK, "Limits": LIMITS, "Storage": STORAGE,
        "Block exchange": EXCHANGE, "Routing and providing": ROUTING,
        "Daemon internals…": INTERNALS}
