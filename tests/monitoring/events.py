"""What the events of a life do to its series; README.md in lives/ describes each."""

from notation import STALE
from world import KEPT, Series, as_list, hide, restart

FOREVER = 10**9
RESTARTS = "ipfs_daemon_restarts_total"


def minutes_of(event, count):
    """For each minute whether the event lasts then."""
    if "at" in event:
        start, end = event["at"], event["at"]
    else:
        start, end = event.get("from", 0), event.get("to", FOREVER)
    every, lasts = event.get("every", FOREVER), event.get("for", FOREVER)
    return [start <= minute < end and (minute - start) % every < lasts
            for minute in range(count)]


def ends(lasting):
    """The first minutes after the event."""
    return [minute for minute in range(1, len(lasting))
            if lasting[minute - 1] and not lasting[minute]]


def later(lasting, delay):
    """The same without the first minutes of each time that it lasts."""
    return [all(lasting[max(minute - delay, 0):minute + 1]) and minute >= delay
            for minute in range(len(lasting))]


def freeze(values, lasting):
    for minute in range(1, len(values)):
        if lasting[minute]:
            values[minute] = values[minute - 1]


def force(values, lasting, value):
    for minute, now in enumerate(lasting):
        if now and values[minute] is not None:
            values[minute] = float(value)


def set_target(world, owner, lasting, state):
    world.targets[owner] = [state if now else before
                            for now, before in zip(lasting, world.targets[owner])]


def not_ready(world, peer, lasting):
    world.ready[peer] = [before and not now for before, now in zip(world.ready[peer], lasting)]


def container_ends(world, peer, container, lasting, beginnings):
    not_ready(world, peer, lasting)
    world.starts[peer, container] += beginnings
    for one in world.of(peer, container):
        if one.page == "/metrics/cadvisor":
            hide(one.values, lasting)
            restart(one, beginnings)


def pod_ends(world, peer, lasting, state):
    """A pod that goes, or does not yet run; afterwards it is a new one."""
    set_target(world, peer, lasting, state)
    for one in world.of(peer):
        if one.page == "/metrics/cadvisor":
            continue
        restart(one, ends(lasting))
    for container in ("ipfs", "exporter", "peer"):
        container_ends(world, peer, container, lasting, ends(lasting))


def neighbour(world, peer, part, lasting, beginnings):
    """The daemon (part "ipfs") or the stats ("peer") do not answer, and restart at the end."""
    state, health = ("ipfs_up", "ipfs.health") if part == "ipfs" else ("peer_up", "")
    for one in world.of(peer, f"{part}."):
        if one.page == "/metrics/cadvisor":
            continue
        if one.name == state:
            force(one.values, lasting, 0)
        elif one.name == RESTARTS:
            for minute in beginnings:
                one.values[minute:] = [value + 1 if isinstance(value, float) else value
                                       for value in one.values[minute:]]
        elif "_collector_" in one.name:
            if one.name.endswith("_last_success_timestamp_seconds"):
                freeze(one.values, lasting)
            elif one.name.endswith("_success") and one.part.startswith(health):
                force(one.values, lasting, 0)
        else:
            hide(one.values, later(lasting, KEPT))
            restart(one, beginnings)
    error(world, peer, health or "peer.stats", "connect", lasting)


def error(world, peer, collector, reason, lasting):
    """The counter of errors, which appears with the first one."""
    name = "ipfs_peer_exporter_collector_errors_total"
    if world.used is not None and name not in world.used or True not in lasting:
        return
    count, values = 0, []
    for now in lasting:
        count += 6 * now
        values.append(float(count) if count else None)
    page = "peer" if collector.startswith("peer") else "ipfs"
    world.series.append(Series(peer, page, collector, name,
                               {"collector": collector, "reason": reason}, values))


def is_gone(world, peer, lasting, _):
    pod_ends(world, peer, lasting, "gone")


def is_starting(world, peer, lasting, _):
    pod_ends(world, peer, lasting, "down")


def is_undiscovered(world, peer, lasting, _):
    set_target(world, peer, lasting, "gone")


def is_unreachable(world, peer, lasting, _):
    set_target(world, peer, lasting, "down")


def is_page_failing(world, peer, lasting, event):
    world.refused[peer, event["page"]] = lasting
    for one in world.of(peer):
        if one.page == event["page"]:
            hide(one.values, lasting)


def is_daemon_down(world, peer, lasting, _):
    neighbour(world, peer, "ipfs", lasting, ends(lasting))
    container_ends(world, peer, "ipfs", lasting, ends(lasting))


def is_daemon_hanging(world, peer, lasting, _):
    neighbour(world, peer, "ipfs", lasting, [])


def is_daemon_restarted(world, peer, lasting, event):
    neighbour(world, peer, "ipfs", lasting, [event["at"]])
    container_ends(world, peer, "ipfs", lasting, [event["at"]])


def is_stats_down(world, peer, lasting, _):
    neighbour(world, peer, "peer", lasting, ends(lasting))
    container_ends(world, peer, "peer", lasting, ends(lasting))


def is_stats_hanging(world, peer, lasting, _):
    neighbour(world, peer, "peer", lasting, [])


def is_exporter_restarted(world, peer, lasting, event):
    for one in world.of(peer):
        if one.name.startswith(("ipfs_peer_exporter_", "process_")) or one.name == RESTARTS:
            restart(one, [event["at"]])
    container_ends(world, peer, "exporter", lasting, [event["at"]])


def is_exporter_down(world, peer, lasting, _):
    set_target(world, peer, lasting, "down")
    for one in world.of(peer):
        if one.name.startswith(("ipfs_peer_exporter_", "process_")) or one.name == RESTARTS:
            restart(one, ends(lasting))
    container_ends(world, peer, "exporter", lasting, ends(lasting))


def is_failing(world, peer, lasting, event):
    for collector in as_list(event["collector"]):
        for one in world.of(peer, collector):
            if one.name.endswith("_collector_success"):
                force(one.values, lasting, 0)
            elif one.name.endswith("_last_success_timestamp_seconds"):
                freeze(one.values, lasting)
            elif not one.name.startswith("ipfs_peer_exporter_"):
                hide(one.values, later(lasting, KEPT))
        error(world, peer, collector, event.get("reason", "timeout"), lasting)


def is_unsupported(world, peer, lasting, event):
    for collector in as_list(event["collector"]):
        for one in world.of(peer, collector):
            if one.name.endswith("_collector_supported"):
                force(one.values, lasting, 0)
            elif (one.name.endswith(("_collector_success", "_last_success_timestamp_seconds"))
                  or not one.name.startswith("ipfs_peer_exporter_")):
                hide(one.values, lasting)


def is_off(world, peer, lasting, event):
    for collector in as_list(event["collector"]):
        for one in world.of(peer, collector):
            hide(one.values, lasting)


def is_lost(world, node, lasting, _):
    set_target(world, node, lasting, "down")
    for peer, how in world.peers.items():
        if how["node"] == node:
            set_target(world, peer, lasting, "down")
            not_ready(world, peer, lasting)


def is_kubelet_down(world, node, lasting, _):
    set_target(world, node, lasting, "down")


def is_removed(world, node, lasting, _):
    set_target(world, node, lasting, "gone")


def apply(world):
    for event in world.life.get("events", []):
        lasting = minutes_of(event, world.count)
        what = globals()["is_" + event["is"].replace(" ", "_")]
        chosen = event.get("peer", event.get("node"))
        for owner in list(world.peers) if chosen == "all" else as_list(chosen):
            what(world, owner, lasting, event)
    withdraw(world)
    gaps = [minutes_of(gap, world.count) for gap in world.life.get("gaps", [])]
    world.gap = [any(gap[minute] for gap in gaps) for minute in range(world.count)]


def withdraw(world):
    """Without a scrape, the series of a target end."""
    for one in world.series:
        owner = one.owner
        if one.page.startswith("/metrics") and owner in world.peers:
            owner = world.peers[owner]["node"]
        if owner in world.targets:
            hide(one.values, [state != "up" for state in world.targets[owner]], STALE)
