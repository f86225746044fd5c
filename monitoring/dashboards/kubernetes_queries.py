"""PromQL about nodes, pods and containers.

Metrics are found by their names, whatever job has scraped them: a kubelet with our manifests, with
kube-prometheus, or with its Helm chart, which drops the series of nodes and limits. What several
pages have is taken once (`max by`). kube-state-metrics (`kube_*`) is used where it is there.
"""

from queries import R

NODE = "cluster, node"
NAMESPACE = "cluster, namespace"
POD = "cluster, namespace, pod"
CONTAINER = "cluster, namespace, pod, container"

# Traffic of pods passes a card and some of these, and would be counted again. A bond is counted at
# its cards, a VLAN at its card.
VIRTUAL = "|".join((
    "lo", "veth.*", "cali.*", "cilium.*", "lxc.*", "flannel.*", "cni.*", "cbr.*", "tun.*", "tap.*",
    "vxlan.*", "docker.*", "podman.*", "nerdctl.*", "br[-0-9].*", "virbr.*", "kube-.*",
    "nodelocaldns", "dummy.*", "ovn.*", "ovs.*", "genev.*", "antrea.*", "weave", "datapath",
    "wireguard.*", "wg.*", "tailscale.*", "gke.*", "eni.*", "azv.*", "sit.*", "gre.*", "erspan.*",
    "ip6.*", "ifb.*", "egress.*", "bpf.*", "bond.*", "team.*", ".+[.].+"))
CARD = f'id="/",interface!~"{VIRTUAL}"'
DISK = 'id="/",device=~"/dev/.*",device!="/dev/shm"'


def once(query, by=NODE):
    return f"max by ({by}) ({query})"


def by_container(query):
    """A value of each container once; the node tells pods of the same name apart."""
    return once(query, f"{CONTAINER}, node")


def otherwise(*queries):
    """The first of these that has a value, for each set of labels."""
    return "(" + " or ".join(queries) + ")"


CPU = by_container(f"rate(container_cpu_usage_seconds_total{{@container}}{R})")
MEMORY = by_container("container_memory_working_set_bytes{@container}")
NODE_CPU = otherwise(
    once(f'rate(container_cpu_usage_seconds_total{{@node,id="/"}}{R})'),
    once(f"rate(node_cpu_usage_seconds_total{{@node}}{R})"), f"sum by ({NODE}) ({CPU})")
NODE_MEMORY = otherwise(
    once('container_memory_working_set_bytes{@node,id="/"}'),
    once("node_memory_working_set_bytes{@node}"), f"sum by ({NODE}) ({MEMORY})")
CORES = otherwise(once("machine_cpu_cores{@node}"),
                  once('kube_node_status_capacity{@node,resource="cpu"}'))
RAM = otherwise(once("machine_memory_bytes{@node}"),
                once('kube_node_status_capacity{@node,resource="memory"}'))
DISK_USED = " / ".join(
    f"max by ({NODE}, device) (container_fs_{what}_bytes{{@node,{DISK}}})"
    for what in ("usage", "limit"))


def network(way, by, where):
    return f"sum by ({by}) (rate(container_network_{way}_bytes_total{{{where}}}{R}))"


def of_pods(way, by=POD):
    """Of the pods' own networks: a pod in the node's network shows all traffic of the node."""
    own = (f"{network(way, f'{POD}, node', '@sandbox')}"
           f' unless on ({POD}) kube_pod_info{{@pod,host_network="true"}}')
    return f"sum by ({by}) ({own})"


def of_node(way):
    return otherwise(network(way, NODE, f"@node,{CARD}"), of_pods(way, NODE))


def disk_bytes(what):
    return f'sum by ({NODE}) (rate(container_fs_{what}_bytes_total{{@node,id="/"}}{R}))'


# Kubelets that answered within a day: their nodes, and whether they answer now.
ENDPOINTS = ("up{@node} and on (cluster, job, node)"
             " last_over_time(kubelet_node_name{@node}[1d])")
NODES_DOWN = otherwise(
    f"{once(ENDPOINTS)} == 0",
    once('kube_node_status_condition{@node,condition="Ready",status="true"}') + " == 0")

# A sidecar is an init container that goes on, for kube-state-metrics.
KINDS = ("kube_pod_container", "kube_pod_init_container")
# A container's series end with it, so only the newest start time under its name shows restarts.
STARTED = f"max by ({CONTAINER}) (container_start_time_seconds{{@container}})"


def restarts(window, step="1m"):
    return otherwise(*(
        f"max by ({CONTAINER})"
        f" (increase({kind}_status_restarts_total{{@container}}[{window}]))" for kind in KINDS),
        f"changes({STARTED}[{window}:{step}])")


def kills(window):
    return f"sum by ({CONTAINER}) (increase(container_oom_events_total{{@container}}[{window}]))"


LIMIT = otherwise(
    f"max by ({CONTAINER}) (container_spec_memory_limit_bytes{{@container}} > 0)",
    *(f'max by ({CONTAINER}) ({kind}_resource_limits{{@container,resource="memory"}})'
      for kind in KINDS))
OF_LIMIT = f"max by ({CONTAINER}) (container_memory_working_set_bytes{{@container}}) / {LIMIT}"
THROTTLED = " / ".join(
    f"sum by ({CONTAINER}) (rate(container_cpu_cfs_{what}_total{{@container}}{R}))"
    for what in ("throttled_periods", "periods"))
VOLUMES = " / ".join(
    f"max by (cluster, namespace, persistentvolumeclaim) (kubelet_volume_stats_{what}_bytes"
    '{@node,namespace=~"$namespace"})' for what in ("used", "capacity"))


def because(reason, query):
    return f'label_replace({query}, "reason", "{reason}", "", "")'


# The first three need kube-state-metrics; the others see most of the same without it.
TROUBLE = otherwise(
    *(f"max by ({CONTAINER}, reason) ({kind}_status_waiting_reason"
      '{@container,reason!~"ContainerCreating|PodInitializing"} == 1)' for kind in KINDS),
    f'label_replace(max by ({POD}, phase) (kube_pod_status_phase{{@pod,'
    'phase=~"Pending|Failed|Unknown"} == 1), "reason", "$1", "phase", "(.*)")',
    because("killed at its memory limit", f"{kills('15m')} > 0"),
    because("restarted", f"{restarts('15m', '30s')} > 0"))
