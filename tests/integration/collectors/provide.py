"""ipfs.provide with recorded daemons."""

from answers import ALL, timestamp

UNSUPPORTED = {"online": range(21), "offline": ALL, "minimal": {*range(21), *range(38, 100)},
               "altprovide": [38]}

NEVER = "0001-01-01T00:00:00Z"

# Family, labels, and path in the reply of the sweeping provider.
SWEEP = (
    ("queued_keys", {}, "queues.pending_key_provides"),
    ("queued_regions", {"kind": "provide"}, "queues.pending_region_provides"),
    ("queued_regions", {"kind": "reprovide"}, "queues.pending_region_reprovides"),
    ("scheduled_keys", {}, "schedule.keys"),
    ("scheduled_regions", {}, "schedule.regions"),
    ("active_workers", {"kind": "periodic"}, "workers.active_periodic"),
    ("active_workers", {"kind": "burst"}, "workers.active_burst"),
    ("dedicated_workers", {"kind": "periodic"}, "workers.dedicated_periodic"),
    ("dedicated_workers", {"kind": "burst"}, "workers.dedicated_burst"),
    ("queued_workers", {"kind": "periodic"}, "workers.queued_periodic"),
    ("queued_workers", {"kind": "burst"}, "workers.queued_burst"),
    ("max_workers", {}, "workers.max"),
    ("ongoing_keys", {"kind": "provide"}, "operations.ongoing.key_provides"),
    ("ongoing_keys", {"kind": "reprovide"}, "operations.ongoing.key_reprovides"),
    ("ongoing_regions", {"kind": "provide"}, "operations.ongoing.region_provides"),
    ("ongoing_regions", {"kind": "reprovide"}, "operations.ongoing.region_reprovides"),
    ("records_provided_total", {}, "operations.past.records_provided"),
    ("keys_provided_total", {}, "operations.past.keys_provided"),
    ("keys_failed_total", {}, "operations.past.keys_failed"),
    ("network_peers", {}, "network.peers"),
    ("reachable_peers", {}, "network.reachable"),
    ("keyspace_covered", {}, "network.complete_keyspace_coverage"),
    ("average_holders", {}, "network.avg_holders"),
    ("replication_factor", {}, "network.replication_factor"),
    ("closed", {}, "closed"),
)
SWEEP_AVERAGES = ("network.avg_holders", "operations.past.reprovide_duration")  # 0: no values
SWEEP_NANOSECONDS = (
    ("reprovide_interval_seconds", "timing.reprovides_interval"),
    ("last_reprovide_duration_seconds", "operations.past.reprovide_duration"),
)

# Family, divisor, and field in the flat replies of 0.9 to 0.38.
FLAT = (
    ("provides_total", 1, "TotalProvides"),
    ("reprovides_total", 1, "TotalReprovides"),
    ("last_batch_keys", 1, "LastReprovideBatchSize"),
    ("reprovide_interval_seconds", 1e9, "ReprovideInterval"),
    ("last_reprovide_duration_seconds", 1e9, "LastReprovideDuration"),
)


def at(document, path):
    for name in path.split("."):
        document = document[name]
    return document


def expected(answers):
    reply = answers.get("provide/stat") or answers.get("stats/provide")
    if sweep := reply.get("Sweep"):
        yield from sweep_half({"dht": "wan"}, sweep)
        if lan := answers.get("provide/stat", "lan=true"):
            yield from sweep_half({"dht": "lan"}, lan["Sweep"])
    else:
        yield from flat(reply.get("Legacy") or reply)


def sweep_half(labels, sweep):
    if sweep["closed"]:
        yield "ipfs_provide_closed", labels, True
        return
    status, since = sweep["connectivity"]["status"], sweep["connectivity"]["since"]
    if status == "online" or since != NEVER:
        yield "ipfs_provide_connected", labels, status == "online"
    for name, more, path in SWEEP:
        if is_known(sweep, path):
            yield f"ipfs_provide_{name}", labels | more, at(sweep, path)
    for name, path in SWEEP_NANOSECONDS:
        if is_known(sweep, path):
            yield f"ipfs_provide_{name}", labels, at(sweep, path) / 1e9
    if (due := sweep["schedule"]["next_reprovide_at"]) != NEVER:
        yield "ipfs_provide_next_reprovide_timestamp_seconds", labels, timestamp(due)
    # Start of the cycle plus offset is the current time; minus uptime it is the start.
    timing = sweep["timing"]
    up = (timing["uptime"] - timing["current_time_offset"]) / 1e9
    yield ("ipfs_provide_start_timestamp_seconds", labels,
           round(timestamp(timing["cycle_start"]) - up))


def is_known(sweep, path):
    return at(sweep, path) != (0 if path in SWEEP_AVERAGES else -1)


def flat(stats):
    never = stats.get("LastRun") == NEVER
    for name, divisor, field in FLAT:
        if field in stats and not (never and stats[field] == 0):
            yield f"ipfs_provide_{name}", {}, stats[field] / divisor
    if "LastRun" in stats and not never:
        yield "ipfs_provide_last_run_timestamp_seconds", {}, timestamp(stats["LastRun"])
