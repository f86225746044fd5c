"""ipfs.bandwidth_protocols with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"offline": ALL, "minimal": ALL}
JS_IPFS = True

PROTOCOLS = {
    "/ipfs/bitswap/1.2.0", "/ipfs/kad/1.0.0", "/ipfs/lan/kad/1.0.0", "/ipfs/id/1.0.0",
    "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/meshsub/1.1.0", "/meshsub/1.2.0",
    "/meshsub/1.3.0", "/libp2p/circuit/relay/0.2.0/hop", "/libp2p/circuit/relay/0.2.0/stop"}


def expected(answers):
    for protocol in PROTOCOLS:
        totals = answers.get("stats/bw", f"proto={protocol}") or {"TotalIn": 0, "TotalOut": 0}
        if totals["TotalIn"] or totals["TotalOut"]:
            labels = {"protocol": protocol}
            yield "ipfs_bandwidth_protocol_received_bytes_total", labels, totals["TotalIn"]
            yield "ipfs_bandwidth_protocol_sent_bytes_total", labels, totals["TotalOut"]
