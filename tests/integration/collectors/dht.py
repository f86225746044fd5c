"""ipfs.dht with recorded daemons."""

from answers import ALL, timestamp

UNSUPPORTED = {"offline": ALL, "minimal": ALL}

LAST_BUCKET = 23  # includes all further ones


def expected(answers):
    for table in ("wan", "lan"):
        if reply := answers.get("stats/dht", f"arg={table}"):
            yield from routing_table({"table": table}, reply["Buckets"])


def routing_table(labels, buckets):
    peers = [peer for bucket in buckets for peer in bucket["Peers"] or []]
    yield "ipfs_dht_routing_table_peers", labels, len(peers)
    yield ("ipfs_dht_routing_table_connected_peers", labels,
           sum(peer["Connected"] for peer in peers))
    yield "ipfs_dht_buckets", labels, len(buckets)
    sizes = [len(bucket["Peers"] or []) for bucket in buckets]
    sizes[LAST_BUCKET:] = [sum(sizes[LAST_BUCKET:])] if sizes[LAST_BUCKET:] else []
    for number, size in enumerate(sizes):
        yield "ipfs_dht_bucket_peers", labels | {"bucket": str(number)}, size
    refreshed = [bucket["LastRefresh"] for bucket in buckets if bucket["LastRefresh"]]
    if refreshed:
        yield ("ipfs_dht_oldest_refresh_timestamp_seconds", labels,
               min(map(timestamp, refreshed)))
