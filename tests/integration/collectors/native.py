"""ipfs.native with recorded daemons."""

# Served under the exporter's names, with its own families.
PROCESS = {
    "process_cpu_seconds_total": "ipfs_daemon_cpu_seconds_total",
    "process_resident_memory_bytes": "ipfs_daemon_resident_memory_bytes",
    "process_open_fds": "ipfs_daemon_open_fds",
    "process_start_time_seconds": "ipfs_daemon_start_time_seconds",
}
PREFIXES = ("ipfs_", "libp2p_", "exchange_", "provider_", "rpc_")


def expected(answers):
    """The daemon's own metrics as served on /metrics/native and on /metrics."""
    for (name, labels), value in answers.metrics().samples().items():
        labels = dict(labels)
        if name.startswith(PREFIXES) and "/" not in labels.get("subscriber_name", ""):
            yield name, labels, value
        elif name in PROCESS:
            yield PROCESS[name], labels, value
