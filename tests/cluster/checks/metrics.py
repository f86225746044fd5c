"""What Prometheus has: targets, metadata, rules, alerts, and data for the dashboards."""

import collections
import math
import re

import dashboards
from kit import REPOSITORY, ask_prometheus, by_pod, number, query, together, wait_for

# Queries of panels that give no data here: {name: reason}.
EMPTY = dict(line.split(" | ") for line in (
    REPOSITORY / "tests/cluster/checks/empty.txt").read_text().splitlines() if line[:1] != "#")
MOST_EMPTY = 8
with_data = set()  # names of the queries that have had data
# The targets of each job: a number, or "peers".
BASE = {"ipfs": "peers", "peer": "peers", "kubernetes": 3, "prometheus": 1}
LOCAL = BASE | {"ipfs-native": "peers"}


def targets_are(jobs, peers):
    """Whether all targets are up and as many as there should be; raises with what differs."""
    active = ask_prometheus("targets", state="active")["activeTargets"]
    down = [(one["labels"]["job"], one["labels"]["instance"], one["lastError"])
            for one in active if one["health"] != "up"]
    count = collections.Counter(one["labels"]["job"] for one in active)
    wanted = {job: peers if many == "peers" else many for job, many in jobs.items()}
    assert not down and count == wanted, f"{dict(count)}; not up: {down}"
    return dict(count)


def targets(jobs, peers):
    return wait_for("all targets are up", lambda: targets_are(jobs, peers))


def metadata():
    """Every metric of the exporters has a type and a help text, once every collector has run."""
    return wait_for("every metric has metadata", described)


def described():
    names = ask_prometheus("label/__name__/values", **{"match[]": '{job=~"ipfs|peer|ipfs-native"}'})
    known = ask_prometheus("metadata")
    own = [name for name in names if not re.match("up$|scrape_|.*:", name)]
    without = [name for name in own if not any(
        one["help"] and one["type"] != "unknown"
        for candidate in (name, re.sub("_(bucket|sum|count|total|info)$", "", name))
        for one in known.get(candidate, ()))]
    assert own and not without, without
    return f"{len(own)} metrics"


def rules():
    found = [one for group in ask_prometheus("rules")["groups"] for one in group["rules"]]
    wrong = [(one["name"], one["lastError"]) for one in found if one["health"] == "err"]
    assert len(found) > 30 and not wrong, wrong
    return f"{len(found)} rules"


def no_failures():
    """At the start, the name `peer` has no address, and Kubo no socket."""
    failures = wait_for("all peers learn", lambda: (
        min(by_pod("peer_trainings_total").values()) >= 6
        and by_pod("peer_training_failures_total")))
    assert not any(failures.values()), failures
    return f"none in the first minute of {len(failures)} peers"


def ask_dashboards():
    """Asks all queries that have had no data yet."""
    def ask(target):
        name, _, _, expression = target
        values = [value for _, value in query(dashboards.substitute(expression))]
        return {name} if any(not math.isnan(one) for one in values) else set()

    with_data.update(*together(ask, [one for one in dashboards.targets()
                                     if one[0] not in with_data]))
    return f"{len(with_data)} queries have had data"


def dashboard_queries():
    """The queries of every panel had data in at least one of the situations of this run."""
    names = {name for name, *_ in dashboards.targets()}

    def expected():
        ask_dashboards()
        unknown = sorted(names - with_data - set(EMPTY))
        assert not unknown, f"empty without a reason: {unknown}"
        return True

    wait_for("only known queries are empty", expected)  # some look at each minute only once
    empty = sorted(names - with_data)
    assert len(empty) <= MOST_EMPTY, f"{len(empty)} are empty: {empty}"
    return f"{len(names) - len(empty)} of {len(names)} have data; empty: " + "; ".join(
        f"{name} ({EMPTY[name]})" for name in empty)


def alerts(provoked):
    """Those that fired since the start."""
    fired = {labels["alertname"] for labels, _ in query(
        'max by (alertname) (max_over_time(ALERTS{alertstate="firing"}[2h]))')}
    assert fired - provoked == {"Watchdog"}, fired
    return f"fired: {', '.join(sorted(fired))}"


def memory():
    """The sidecars use less than half of their limit, Prometheus and Kubo less than all."""
    found = {}
    for name, share in (("exporter", 0.5), ("ipfs", 1), ("peer", 1), ("prometheus", 1)):
        of = f'{{container="{name}"}}'
        used = number(f"max(max_over_time(container_memory_working_set_bytes{of}[1h]))")
        limit = number(f"min(container_spec_memory_limit_bytes{of})")
        assert used < share * limit, (name, used, limit)
        found[name] = f"{used / 2**20:.1f} of {limit / 2**20:.0f} MiB"
    return ", ".join(f"{name} {text}" for name, text in found.items())
