"""How the series of a life are labelled by the Prometheus that scrapes them."""

import dataclasses
from collections.abc import Callable

from notation import STALE
from world import Series


def number(world, owner):
    return 1 + [*world.peers, *world.nodes].index(owner)


def pod(job, world, peer):
    return {"job": job, "instance": f"peers/{peer}", "namespace": "peers", "pod": peer,
            "node": world.peers[peer]["node"]}


def pod_of_monitor(job, _, peer):
    return {"job": job, "instance": f"peers/{peer}", "namespace": "peers", "pod": peer,
            "container": "exporter", "endpoint": "metrics"}


def machine(job, world, peer):
    return {"job": job, "instance": f"10.0.0.{number(world, peer)}:10055"}


def our_node(_, node, page):
    return {"job": "kubernetes", "instance": node, "node": node, "metrics_path": page}


def node_of_stack(world, node, page):
    return {"job": "kubelet", "instance": f"10.0.1.{number(world, node)}:10250", "node": node,
            "metrics_path": page, "endpoint": "https-metrics", "namespace": "kube-system",
            "service": "kubelet"}


def disks_of_stack(world, node):
    return {"job": "node-exporter", "instance": f"10.0.1.{number(world, node)}:9100",
            "namespace": "monitoring", "pod": f"node-exporter-{node}",
            "container": "node-exporter", "endpoint": "metrics"}


def disks_of_jsonnet(world, node):
    return {**disks_of_stack(world, node), "instance": node}


def dropped_by_chart(one):
    """cAdvisorMetricRelabelings of the chart kube-prometheus-stack."""
    return one.page == "/metrics/cadvisor" and (
        one.name.startswith("container_spec")
        or "id" in one.labels and "pod" not in one.labels)


OUR_PROMETHEUS = {"job": "prometheus", "instance": "localhost:9090"}
PROMETHEUS_OF_STACK = {
    "job": "prometheus-k8s", "instance": "10.1.0.9:9090", "namespace": "monitoring",
    "pod": "prometheus-k8s-0", "container": "prometheus", "endpoint": "web",
    "service": "prometheus-k8s"}


@dataclasses.dataclass
class Flavour:
    jobs: dict  # the job that scrapes each page of the exporter
    peer: Callable
    node: Callable | None = None  # without it there are no kubelets
    prometheus: dict = dataclasses.field(default_factory=lambda: OUR_PROMETHEUS)
    kinds: tuple = ()  # words by which lives choose flavours, beside the name
    paths: tuple = ("/metrics", "/metrics/cadvisor", "/metrics/resource")
    disks: Callable | None = None  # the labels of node_exporter, where it is there
    drops: Callable = staticmethod(lambda _: False)  # the series that Prometheus does not store
    clusters: tuple = ()  # the life is that of the first, the others are healthy

    def target(self, world, owner, page):
        """The labels that a scrape adds to the series of a page, None without the scrape."""
        if owner in world.peers and not page.startswith("/"):
            return page in self.jobs and self.peer(self.jobs[page], world, owner) or None
        if page == "prometheus":
            return self.prometheus
        node = world.peers[owner]["node"] if owner in world.peers else owner
        return self.node(world, node, page) if self.node and page in self.paths else None

    def identity(self, world, owner):
        """The labels by which an alert names a peer, a container ("a/ipfs") or a node."""
        if "/" in owner:
            name, container = owner.split("/")
            return {"namespace": "peers", "pod": name, "container": container}
        if owner in world.peers:
            return {"instance": self.peer("", world, owner)["instance"]}
        return {"node": owner}


OURS = {"ipfs": "ipfs", "peer": "peer", "native": "ipfs-native"}
PATHS_OF_STACK = ("/metrics", "/metrics/cadvisor", "/metrics/probes")
FLAVOURS = {
    "ours": Flavour(OURS, pod, our_node, kinds=("kubernetes", "disks-of-cadvisor")),
    "machines": Flavour({"ipfs": "ipfs-peers", "peer": "ipfs-peers"}, machine),
    "machines-three-jobs": Flavour(
        {"ipfs": "kubo", "peer": "learners", "native": "internals"}, machine,
        kinds=("machines",)),
    "kube-prometheus": Flavour(
        {"ipfs": "peers/peer", "peer": "peers/peer"}, pod_of_monitor, node_of_stack,
        PROMETHEUS_OF_STACK, ("kubernetes", "kube-state-metrics", "disks-of-cadvisor"),
        PATHS_OF_STACK, disks_of_jsonnet),
    "kube-prometheus-stack": Flavour(
        {"ipfs": "peers/peer", "peer": "peers/peer"}, pod_of_monitor, node_of_stack,
        PROMETHEUS_OF_STACK, ("kubernetes", "kube-state-metrics", "kube-prometheus"),
        PATHS_OF_STACK, disks_of_stack, dropped_by_chart),
    "two-clusters": Flavour(OURS, pod, our_node, kinds=("kubernetes", "disks-of-cadvisor"),
                            clusters=("a", "b")),
}


def chosen(words, name):
    """Whether a list of names and kinds of flavours has this flavour; no list means all."""
    words = [words] if isinstance(words, str) else words
    return words is None or bool({name, *FLAVOURS[name].kinds} & set(words))


def ups(world, flavour):
    """`up` of each target."""
    pages = ("ipfs", "peer", "native", "prometheus", *flavour.paths)
    for owner, states in world.targets.items():
        seen = []
        for page in pages:
            if (page == "prometheus") != (owner == "prometheus"):
                continue
            if page.startswith("/") != (owner in world.nodes) and owner != "prometheus":
                continue
            labels = flavour.target(world, owner, page)
            if labels is None or labels in seen:
                continue
            seen.append(labels)
            refused = world.refused.get((owner, page), [
                page == "native" and not world.peers[owner]["native"]] * world.count)
            yield Series(owner, page, "", "up", labels, up_values(states, refused))


def up_values(states, refused):
    values = []
    for minute, state in enumerate(states):
        if state == "gone":
            ended = minute and states[minute - 1] != "gone"
            values.append(STALE if ended else None)
        else:
            values.append(float(state == "up" and not refused[minute]))
    return values
