"""ipfs.bitswap with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"offline": ALL}
JS_IPFS = True

COUNTERS = {
    "ipfs_bitswap_received_blocks_total": "BlocksReceived",
    "ipfs_bitswap_received_bytes_total": "DataReceived",
    "ipfs_bitswap_sent_blocks_total": "BlocksSent",
    "ipfs_bitswap_sent_bytes_total": "DataSent",
    "ipfs_bitswap_received_duplicate_blocks_total": "DupBlksReceived",
    "ipfs_bitswap_received_duplicate_bytes_total": "DupDataReceived",
    "ipfs_bitswap_received_messages_total": "MessagesReceived",
}


def expected(answers):
    stat = answers.get("bitswap/stat")
    yield "ipfs_bitswap_wantlist_blocks", {}, len(stat["Wantlist"] or [])
    yield "ipfs_bitswap_partners", {}, len(stat["Peers"] or [])
    for name, field in COUNTERS.items():
        if field in stat:
            yield name, {}, stat[field]
