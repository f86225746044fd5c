"""Tiles and queries that the overview shares with the dashboards of daemons and exporters."""

from panels import stat
from queries import PLACE, R, down, known, number

INFO = "ipfs_peer_exporter_build_info"
CONNECTED = "ipfs_swarm_peers{@ipfs}"
# A swarm of one is no fault: it never had a peer.
HAD_PEERS = f"({CONNECTED} unless max_over_time({CONNECTED}[1d] @ end()) == 0)"
SIZE = "ipfs_repo_size_bytes{@ipfs}"
AVAILABLE = "ipfs_repo_volume_available_bytes{@ipfs}"
FILL = f"{SIZE} / (ipfs_repo_storage_max_bytes{{@ipfs}} > 0)"
FREE = f"{AVAILABLE} / ({AVAILABLE} + {SIZE})"
RESTARTS = "increase(ipfs_daemon_restarts_total{@ipfs}[1h])"
CPU = f"max by ({PLACE}) (rate(ipfs_daemon_cpu_seconds_total{{@ipfs}}{R}))"
MEMORY = f"max by ({PLACE}) (ipfs_daemon_resident_memory_bytes{{@ipfs}})"
NATIVE_OFF = "ipfs.native is off"


def exporters_down(do):
    return stat("Exporters down", "none",
                [(number(f"group by ({PLACE}) ({down(INFO)})", known(INFO)), "down")],
                limits=[(">", 0, "red")], related=["ExporterDown"],
                what="Exporters that do not answer a scrape job.",
                source="`up` of the jobs that have, or had within a day, metrics of an exporter.",
                good="0.", do=do)


def daemons_down(do):
    return stat("Daemons down", "none", [(number(down("ipfs_up"), known("ipfs_up")), "down")],
                limits=[(">", 0, "red")], related=["IpfsDaemonUnreachable", "ExporterDown"],
                what="Daemons that do not answer their exporter, and those whose exporter does "
                     "not answer Prometheus.",
                source="`ipfs_up`, from `version`, every 10 s; `up` of those jobs.",
                good="0.", do=do)


def unhealthy_daemons(do):
    return stat("Unhealthy daemons", "none",
                [(number("ipfs_healthy{@ipfs} == 0", "ipfs_healthy{@ipfs}"), "unhealthy")],
                limits=[(">", 0, "orange")], related=["IpfsDaemonUnhealthy"],
                no_value="needs Kubo 0.42",
                what="Daemons that answer but report that they are not healthy.",
                source="`diag/healthy`, every 10 s, since Kubo 0.42.", good="0.", do=do)
