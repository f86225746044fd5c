"""The set-ups that the dashboards have to work in: which pages a Prometheus scrapes, with which
labels. Every set-up has the same instances, so that their dashboards can be compared.
"""

import dataclasses
import re

import dashboards_kube_state

SAMPLE = re.compile(r"^([\w:]+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
EVERYTHING = {"peers": "/metrics"}
THREE = {"ipfs": "/metrics/ipfs", "peer": "/metrics/peer", "ipfs-native": "/metrics/native"}
FREE = {"storage": "/metrics/ipfs", "learners": "/metrics/peer", "kubo's own": "/metrics/native"}
OPERATOR = {"peers/exporter": "/metrics", "peers/exporter-native": "/metrics/native"}
# What their metric_relabel_configs drop: (metric, labels, values of these joined by ";").
KUBE_PROMETHEUS = [
    ("container_spec_.*|container_start_time_seconds", ("pod", "namespace"), ";")]
STACK = [("container_spec.*", (), ""), ("container_.*", ("id", "pod"), ".+;"),
         ("container_network_.*", ("interface",), "(cali|cilium|cni|lxc|nodelocaldns|tunl).*")]


@dataclasses.dataclass
class Setup:
    """How the exporters are scraped, and which kubelets (none if they are on machines)."""

    name: str
    jobs: dict = dataclasses.field(default_factory=lambda: THREE)
    kubelet: str = ""  # the job of the kubelets
    kubelet_paths: tuple = ()
    dropped: list = dataclasses.field(default_factory=list)
    kube_state: bool = False
    clusters: tuple = ("",)

    def peer_labels(self, number, job):
        """The labels of the target on the exporter with this number."""
        if not self.kubelet:
            return {"job": job, "instance": f"10.0.{number // 250}.{number % 250 + 1}:10055"}
        name = f"peer-{number}"
        found = {"job": job, "instance": f"peers/{name}", "namespace": "peers", "pod": name,
                 "node": node_name(number)}
        return found | ({"container": "exporter", "endpoint": "metrics"}
                        if self.kubelet == "kubelet" else {})

    def kubelet_labels(self, number, node, path):
        own = {"job": self.kubelet, "node": node, "metrics_path": path}
        if self.kubelet == "kubernetes":
            return own | {"instance": node}
        return own | {"instance": f"10.9.0.{number}:10250", "namespace": "kube-system",
                      "service": "kubelet", "endpoint": "https-metrics"}

    def keeps(self, name, labels):
        """Whether the metric_relabel_configs of the kubelets let a sample pass."""
        return not any(re.fullmatch(metric, name) and re.fullmatch(
            values, ";".join(labels.get(one, "") for one in sources))
            for metric, sources, values in self.dropped)

    def scrapes(self, peers, nodes, now, start):
        """(labels of the target, samples) of everything at a time; None if it does not answer.

        peers: [{path: samples} or None] by number; nodes: [Node].
        """
        for number, pages in enumerate(peers):
            for job, path in self.jobs.items():
                yield self.peer_labels(number, job), pages and pages[path]
        if not self.kubelet:
            return
        for number, node in enumerate(nodes):
            pages = node.pages(now, start)
            for path in self.kubelet_paths:
                kept = None if node.lost else [(name, labels, value)
                        for name, labels, value in read(pages.get(path, []))
                        if self.keeps(name, labels)
                        and not (self.kubelet == "kubernetes" and path == "/metrics/resource"
                                 and name.startswith("container_"))]
                yield self.kubelet_labels(number, node.name, path), kept
        if self.kube_state:
            lines = dashboards_kube_state.lines(nodes, now - start, start)
            yield {"job": "kube-state-metrics", "instance": "10.2.0.7:8080"}, read(lines)


def node_name(number, peers_per_node=10):
    return f"node-{number // peers_per_node}"


def read(lines):
    """[(name, labels, value)] of a page."""
    text = lines if isinstance(lines, str) else "\n".join(lines)
    return [(name, dict(LABEL.findall(labels)), float(value))
            for name, labels, value in SAMPLE.findall(text)]


OURS = ("/metrics", "/metrics/cadvisor", "/metrics/resource")
THEIRS = ("/metrics", "/metrics/cadvisor", "/metrics/probes")
SETUPS = {one.name: one for one in (
    Setup("ours", THREE, "kubernetes", OURS),
    Setup("machines", EVERYTHING),
    Setup("machines, three jobs", FREE),
    Setup("kube-prometheus", OPERATOR, "kubelet", THEIRS, KUBE_PROMETHEUS, True),
    # Its Helm chart drops what kube-state-metrics has; with /metrics/resource, which is an option.
    Setup("kube-prometheus-stack", OPERATOR, "kubelet", (*THEIRS, "/metrics/resource"), STACK,
          True),
    Setup("two clusters", THREE, "kubernetes", OURS, clusters=("east", "west")),
)}
