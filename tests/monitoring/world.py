"""A life as series: the baseline, what the life overrides, and what its events do to both."""

import dataclasses
import functools
import pathlib
import re

from alert_rules import TESTS, yaml
from notation import STALE, expand

LIVES = pathlib.Path(__file__).resolve().parent / "lives"
SELECTOR = re.compile(r"(?P<name>[\w:]+)(?:\{(?P<labels>.*)\})?")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
COUNTER = re.compile(r".*_(total|sum|count|bucket)")
# How long the exporter serves values that it cannot read again, in minutes.
KEPT = 1


@dataclasses.dataclass
class Series:
    owner: str  # a peer, a node or "prometheus"
    page: str  # ipfs, peer, native; /metrics…; prometheus; kube
    part: str  # the collector or the container
    name: str
    labels: dict
    values: list

    def key(self):
        return (self.owner, self.page, self.name, tuple(sorted(self.labels.items())))


class Loader(yaml.SafeLoader):
    """YAML 1.2: `on` and `off` are words, and 0x9 is nine zeros more."""


WORDS = {"bool": r"true|false", "int": r"-?[0-9]+"}
Loader.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers
             if tag.split(":")[-1] not in ("bool", "int", "float")]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
for kind, pattern in WORDS.items():
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"^(?:{pattern})$"),
                                 list("tf" if kind == "bool" else "-0123456789"))


def read(path):
    return yaml.load(path.read_text(), Loader)


@functools.cache
def baseline():
    return read(LIVES / "baseline.yml")


@functools.cache
def collectors():
    """The collector of each family, from the documentation."""
    found, collector = {}, ""
    for line in (TESTS.parent / "docs" / "metrics.md").read_text().splitlines():
        if line.startswith("## "):
            collector = line[3:].split(",")[0]
        elif line.startswith("| `"):
            found[line.split("`")[1]] = collector
    return found


def parse(selector):
    found = SELECTOR.fullmatch(selector)
    if not found:
        raise ValueError(f"not a series: {selector}")
    return found["name"], dict(LABEL.findall(found["labels"] or ""))


def as_list(one):
    return one if isinstance(one, list) else [one]


class World:
    """The series of one life, one value a minute. `used` limits them to these metrics."""

    def __init__(self, life, used=None):
        self.count = life["minutes"] + 1
        self.life = life
        self.used = used
        peers = life.get("peers", {"a": "n1", "b": "n2", "c": "n2"})
        self.peers = {name: {"ipfs": True, "stats": ["peer.stats"], "native": True,
                             **(one if isinstance(one, dict) else {"node": one})}
                      for name, one in peers.items()}
        self.nodes = sorted({one["node"] for one in self.peers.values()}
                            | set(life.get("nodes", [])))
        owners = [*self.peers, *self.nodes, "prometheus"]
        self.targets = {owner: ["up"] * self.count for owner in owners}
        self.refused = {}  # by peer and page: when Prometheus gets an error instead of the page
        self.ready = {peer: [True] * self.count for peer in self.peers}  # to Kubernetes
        self.gap = [False] * self.count  # Prometheus itself does not run
        # The minutes at which a new container begins.
        self.starts = {(peer, container): [] for peer in self.peers
                       for container in baseline()["containers"]}
        self.series = []
        for peer, how in self.peers.items():
            self.add_peer(peer, how)
        for node in self.nodes:
            for page, content in baseline()["node"].items():
                self.add(node, page, "", content, NODE=node)
        self.add("prometheus", "prometheus", "", baseline()["prometheus"])
        self.override(life.get("series", {}))

    def add(self, owner, page, part, content, labels=None, **words):
        for selector, values in content.items():
            if selector == "interval":
                continue
            for word, text in words.items():
                selector = selector.replace(word, str(text))
                values = str(values).replace(word, str(text))
            name, own = parse(selector)
            if self.used is None or name in self.used:
                self.series.append(Series(owner, page, part, name, {**own, **(labels or {})},
                                          expand(values, self.count)))

    def add_peer(self, peer, how):
        base = baseline()
        ipfs = base["ipfs"] if how["ipfs"] else {}
        stats = {one: base["peer"]["peer.stats"] for one in how["stats"]}
        self.add(peer, "ipfs" if how["ipfs"] else "peer", "exporter", base["exporter"])
        for page, content in (("ipfs", ipfs), ("peer", stats)):
            for part, families in content.items():
                named = {} if part == "peer.stats" or page == "ipfs" else {
                    "peer": part.split(".")[1]}
                self.add(peer, page, part, families, named, PEER=peer)
                self.add(peer, page, part, base["collector"], {"collector": part},
                         INTERVAL=families["interval"])
        for container, families in base["containers"].items():
            self.add(peer, "/metrics/cadvisor", container, families)

    def place(self, owner, name, labels):
        """Page and part of a series that is not in the baseline."""
        if "/" in owner:
            return "/metrics/cadvisor", owner.split("/")[1]
        if owner in self.peers:
            collector = labels.get("collector") or collectors().get(name) or "peer.stats"
            if "peer" in labels and collector == "peer.stats":
                collector = f"peer.{labels['peer']}"
            return ("peer" if collector.startswith("peer") else "ipfs"), collector
        if owner in self.nodes:
            return ("/metrics" if name.startswith("kubelet_") else "/metrics/cadvisor"
                    if name.startswith(("container_", "machine_")) else "/metrics/resource"), ""
        if owner in ("prometheus", "kube"):
            return owner, ""
        raise ValueError(f"no peer, container or node is called {owner}")

    def override(self, content):
        for owners, families in content.items():
            chosen = list(self.peers) if owners == "all" else owners.split(",")
            for owner in chosen:
                for selector, values in families.items():
                    self.set(owner, *parse(selector), values)

    def set(self, owner, name, labels, values):
        page, part = self.place(owner, name, labels)
        peer = owner.split("/")[0]
        same = [one for one in self.series if one.owner == peer and one.name == name
                and ("/" not in owner or one.part == part)
                and (one.labels == labels or not labels)]
        if values is None:
            self.series = [one for one in self.series if one not in same]
        elif same:
            for one in same:
                one.values = expand(values, self.count)
        elif self.used is None or name in self.used:
            self.series.append(Series(peer, page, part, name, labels,
                                      expand(values, self.count)))

    def of(self, owner, part=None):
        """The series of an owner, of all its parts or of those with this beginning."""
        return [one for one in self.series if one.owner == owner
                and (part is None or one.part.startswith(part))]


def hide(values, hidden, marker=STALE):
    """Ends the series where `hidden` is true."""
    for minute, gone in enumerate(hidden):
        if gone:
            began = minute and not hidden[minute - 1] and values[minute - 1] is not None
            values[minute] = marker if began else None


def restart(one, minutes):
    """The process begins again at these minutes: its counters at 0, its start time is then."""
    for minute in minutes:
        values = one.values
        if minute >= len(values) or values[minute] is None:
            continue
        if COUNTER.fullmatch(one.name):
            first = values[minute]
            values[minute:] = [value - first if isinstance(value, float) else value
                               for value in values[minute:]]
        elif re.fullmatch(r".*start_time(stamp)?_seconds", one.name):
            values[minute:] = [60.0 * minute] * (len(values) - minute)
