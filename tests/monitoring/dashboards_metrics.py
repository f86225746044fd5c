"""The metrics of each job and their types, read from pages."""

import json
import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = TESTS.parent
sys.path[:0] = [str(TESTS), str(REPOSITORY / "examples" / "learning-peer")]

import dashboards_kube_state  # noqa: E402
from dashboards_kubelet import Node, peers  # noqa: E402
from dashboards_setups import read  # noqa: E402
from fake_daemon import recording  # noqa: E402
from stats import Stats  # noqa: E402

# The newest recording with Kubo's own metrics.
NATIVE = "v0.42.0/online"
KEPT = ("ipfs_", "libp2p_", "exchange_", "provider_", "rpc_")  # --ipfs.native-keep
OF_PROMETHEUS = {"up": "gauge", "scrape_duration_seconds": "gauge"}


def exporter():
    """The exporter's families, from its documentation."""
    text = (REPOSITORY / "docs" / "metrics.md").read_text()
    return dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", text, re.MULTILINE))


def poll_seconds():
    """{series name of the exporter: seconds between polls}, from its documentation."""
    unit, found = {"s": 1, "m": 60, "h": 3600}, {}
    text = (REPOSITORY / "docs" / "metrics.md").read_text()
    for section in re.split(r"^## ", text, flags=re.MULTILINE):
        every = re.search(r"every (\d+)([smh])\b", section.split("|")[0])
        for name in re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) if every else ():
            found[name] = int(every[1]) * unit[every[2]]
    return found


def learning_peer():
    stats = Stats()
    stats.update_document()
    return {f"peer_{one['name']}": one["type"]
            for one in json.loads(stats.document)["metrics"]}


def native_page():
    """Kubo's reply at /debug/metrics/prometheus."""
    return next(call["body"] for call in recording(NATIVE)
                if call["path"] == "/debug/metrics/prometheus")


def native():
    found = re.findall(r"^# TYPE (\S+) (\S+)$", native_page(), re.MULTILINE)
    return {name: kind for name, kind in found if name.startswith(KEPT)}


def kubelet():
    lines = (TESTS / "monitoring" / "dashboards_kubelet_metrics.txt").read_text().splitlines()
    return {name: kind for page, name, kind in
            (line.split() for line in lines if not line.startswith("#"))}


def kube_state():
    """kube-state-metrics: the names that the invented page has."""
    bad = [("peers", "peer", container) for container in ("peer", "exporter")]
    nodes = [Node("node", peers(["peer"]), one) for one in bad]
    names = {name for name, _, _ in read(dashboards_kube_state.lines(nodes, 60, 0))}
    return {name: "counter" if name.endswith("_total") else "gauge" for name in names}


def by_job():
    """The metrics of each job with the types of their series names."""
    own = exporter()
    jobs = {"ipfs": own, "peer": own | learning_peer(), "ipfs-native": native(),
            "kubernetes": kubelet(), "kube-state-metrics": kube_state()}
    return {job: samples(families) | OF_PROMETHEUS for job, families in jobs.items()}


def types():
    """The types of all series names."""
    return {name: kind for metrics in by_job().values() for name, kind in metrics.items()}


def samples(families):
    """The series names of a family: a histogram has three, all of them counters."""
    found = {}
    for name, kind in families.items():
        if kind == "histogram":
            found |= {f"{name}_{part}": "counter" for part in ("bucket", "sum", "count")}
        else:
            found[name] = kind
    return found


def counters():
    """The series names of all counters and histograms of the exporter, its peer and its daemon."""
    every = samples(exporter() | learning_peer() | native())
    return {name for name, kind in every.items() if kind == "counter"}
