"""ipfs.bandwidth with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"offline": ALL, "minimal": ALL}
JS_IPFS = True


def expected(answers):
    totals = answers.get("stats/bw")
    yield "ipfs_bandwidth_received_bytes_total", {}, totals["TotalIn"]
    yield "ipfs_bandwidth_sent_bytes_total", {}, totals["TotalOut"]
