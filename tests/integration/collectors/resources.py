"""ipfs.resources with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"online": range(13), "offline": ALL, "minimal": ALL}
TWICE = True

INBOUND, OUTBOUND = {"direction": "inbound"}, {"direction": "outbound"}
# Family, family of its limit, labels, field in 0.18 and later, field in 0.13 to 0.17.
ROWS = (
    ("memory_bytes", "memory_limit_bytes", {}, "Memory", "Memory"),
    ("fds", "fds_limit", {}, "FD", "NumFD"),
    ("connections", "connections_limit", INBOUND, "ConnsInbound", "NumConnsInbound"),
    ("connections", "connections_limit", OUTBOUND, "ConnsOutbound", "NumConnsOutbound"),
    ("streams", "streams_limit", INBOUND, "StreamsInbound", "NumStreamsInbound"),
    ("streams", "streams_limit", OUTBOUND, "StreamsOutbound", "NumStreamsOutbound"),
)
SCOPES = ("System", "Transient")
LIMIT_WORDS = {"unlimited": None, "default": None, "blockAll": 0}
UNLIMITED_BEFORE_0_19 = 10**9


def expected(answers):
    now = answers.get("swarm/resources")
    for scope in SCOPES:
        yield from resource_scope(scope, now[scope]) if now else old_scope(scope, answers)


def resource_scope(scope, values):
    for family, family_limit, labels, field, _ in ROWS:
        labels = labels | {"scope": scope.lower()}
        yield f"ipfs_resource_{family}", labels, values[f"{field}Usage"]
        limit = values[field]
        limit = LIMIT_WORDS[limit] if limit in LIMIT_WORDS else int(limit)
        if limit is not None:
            yield f"ipfs_resource_{family_limit}", labels, limit


def old_scope(scope, answers):
    """0.18 answers with all scopes at once; older daemons are asked for one scope.

    0.18 returns the limits of system for transient, by mistake.
    """
    used = answers.get("swarm/stats", "arg=all") or answers.get("swarm/stats", "arg=system")
    limits = (answers.get("swarm/limit", "arg=all")
              or {"System": answers.get("swarm/limit", "arg=system")})
    if scope not in used:
        return
    for family, family_limit, labels, field, field_before in ROWS:
        labels = labels | {"scope": scope.lower()}
        values = used[scope]
        yield f"ipfs_resource_{family}", labels, values.get(field, values.get(field_before))
        if scope == "System" and limits[scope][field] != UNLIMITED_BEFORE_0_19:
            yield f"ipfs_resource_{family_limit}", labels, limits[scope][field]
