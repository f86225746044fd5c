"""Lives as promtool's input: each series of each flavour."""

import functools
import json
import re

import events
from alert_rules import rules
from cadvisor import file_systems, generations, of_pods
from flavours import FLAVOURS, chosen, ups
from kube_state import add_kube_state
from notation import STALE, compress
from world import LIVES, World, read


@functools.cache
def lives():
    """All lives by name."""
    found = {}
    for path in sorted(LIVES.glob("*.yml")):
        if path.stem != "baseline":
            for life in read(path):
                if life["name"] in found:
                    raise ValueError(f"two lives are called {life['name']}")
                found[life["name"]] = {**life, "file": path.stem}
    return found


def cases():
    """Each life in each of its flavours."""
    return [(life, flavour) for life in lives() for flavour in FLAVOURS
            if chosen(lives()[life].get("flavours"), flavour)]


def metric_names(expression):
    """The metrics of an expression, without functions, labels and keywords."""
    text = re.sub(r'"[^"]*"', "", expression)
    text = re.sub(r"\{[^}]*\}|\[[^]]*\]", " ", text)
    text = re.sub(r"\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    return set(re.findall(r"\b(?!\d)[a-zA-Z_:][\w:]*\b(?!\s*\()", text)) - {
        "and", "or", "unless", "bool", "by", "on", "without", "ignoring", "group_left",
        "group_right", "offset", "atan2", "inf", "nan", "Inf", "NaN"}


@functools.cache
def used():
    """The metrics that any rule uses, without those that rules record."""
    names = set()
    for kind in ("record", "alert"):
        for rule in rules(kind):
            names |= metric_names(rule["expr"])
    return frozenset(names - {rule["record"] for rule in rules("record")})


@functools.cache
def people(name):
    """The peers and nodes of a life, without series."""
    return World(lives()[name], frozenset())


@functools.lru_cache(maxsize=2)  # a world of weeks is large
def world(name, healthy=False):
    """The series of a life; a healthy one has the same peers and no events."""
    life = lives()[name]
    if healthy:
        life = {key: life[key] for key in ("minutes", "peers", "nodes") if key in life}
    made = World(life, used())
    events.apply(made)
    return made


def of_container(made, one, target):
    """(name, labels, values) of a series of a container, as cAdvisor has it."""
    pod = {"namespace": "peers", "pod": one.owner}
    for own, values in generations(made, one):
        yield one.name, {**target, **pod, **own, **one.labels}, values


def beside(made, flavour):
    """What is not a series of the world: pods as a whole, disks, `up`."""
    for peer, name, labels, values in of_pods(made):
        target = flavour.target(made, peer, "/metrics/cadvisor")
        if target:
            yield name, {**target, "namespace": "peers", "pod": peer, **labels}, values
    if flavour.disks:
        for node, name, labels, values in file_systems(made):
            if name in used():
                yield name, {**flavour.disks(made, node), **labels}, values
    for one in ups(made, flavour):
        yield "up", one.labels, one.values


def labelled(made, flavour):
    """(name, labels, values) of all series as this flavour's Prometheus has them."""
    if "kube-state-metrics" in flavour.kinds:
        add_kube_state(made)
    for one in made.series:
        if one.page == "kube":
            if "kube-state-metrics" in flavour.kinds:
                yield one.name, {"job": "kube-state-metrics", "instance": "10.1.0.8:8443",
                                 **one.labels}, one.values
            continue
        target = flavour.target(made, one.owner, one.page)
        if target is None or flavour.drops(one):
            continue
        if one.page == "/metrics/cadvisor" and one.owner in made.peers and one.part:
            yield from of_container(made, one, target)
        else:
            yield one.name, {**target, **one.labels}, one.values
    yield from beside(made, flavour)


def thinned(values, step):
    """Each step's value; an end between two steps is at the second."""
    result = []
    for minute in range(0, len(values), step):
        now = values[minute]
        ended = now is None and STALE in values[max(minute - step + 1, 0):minute + 1]
        result.append(STALE if ended else now)
    return result


def series_of(name, flavour):
    """promtool's input_series."""
    step = lives()[name].get("step", 1)
    result = []
    for cluster in flavour.clusters or (None,):
        made = world(name, healthy=cluster not in (None, *flavour.clusters[:1]))
        for metric, labels, values in labelled(made, flavour):
            if cluster:
                labels = {**labels, "cluster": cluster}
            if any(made.gap):
                values = [None if gap else value for gap, value in zip(made.gap, values)]
            text = ",".join(f'{key}={json.dumps(value)}' for key, value in labels.items())
            result.append({"series": f"{metric}{{{text}}}",
                           "values": compress(thinned(values, step))})
    return result
