"""Invented pages of a kubelet.

Names and labels are from kubelet 1.36; the numbers grow with the time since the kubelet's start.
"""

import dataclasses
import zlib

GIB = 2**30
CORES = 4
MEMORY = 16 * GIB
DISK = 'id="/",device="/dev/sda1"'
OPERATIONS = ("create_container", "start_container", "list_podsandbox")
# Container: its share of a core, working set, limit.
PEER = {"ipfs": (0.12, 310e6, 512e6), "exporter": (0.002, 11e6, 32e6), "peer": (0.3, 48e6, 96e6)}
MONITORING = {("monitoring", "prometheus-0"): {"prometheus": (0.05, 420e6, 1024e6)},
              ("monitoring", "grafana-0"): {"grafana": (0.02, 190e6, 512e6)}}
# What the interfaces of a node are called with the common CNIs and container engines. Traffic of
# pods passes a card and some of these, so counting them counts bytes twice.
VIRTUAL = ("lo", "cni0", "veth1f2e3d4c", "cali0a1b2c3d4e5", "cilium_host", "cilium_vxlan",
           "lxc12ab", "lxc_health", "flannel.1", "tunl0", "vxlan.calico", "docker0",
           "br-0123456789ab", "kube-ipvs0", "nodelocaldns", "dummy0", "kube-bridge",
           "ovn-k8s-mp0", "genev_sys_6081", "antrea-gw0", "weave", "vethwe-bridge", "datapath",
           "wireguard.cali", "gke1a2b3c", "eni0a1b2c3d", "azv1a2b3c", "virbr0", "sit0", "ip6tnl0",
           "kube-dummy-if", "podman0", "nerdctl0", "wg0", "ifb0", "tailscale0", "egress.calico",
           "bpfin.cali")


@dataclasses.dataclass
class Node:
    """A node and what runs there: {(namespace, pod): {container: see PEER}}."""

    name: str
    pods: dict
    # (namespace, pod, container) of a container that its kernel kills again and again.
    trouble: tuple = ()
    lost: bool = False  # does not answer

    def share(self, *what):
        """A number from 0.5 to 1 that differs from pod to pod."""
        return 0.5 + zlib.crc32("/".join((self.name, *what)).encode()) % 1000 / 2000

    def pages(self, now, start):
        """{path: lines} at that time."""
        return {path: list(page(self, now - start + 600, start)) for path, page in PAGES.items()}


def peers(names, namespace="peers"):
    return {(namespace, name): PEER for name in names}


def histogram(name, labels, bounds, count):
    """Buckets with most of `count` below the first bound and the rest spread out."""
    for number, bound in enumerate((*bounds, "+Inf")):
        share = 1 - 0.3 / 2**number if bound != "+Inf" else 1
        yield f'{name}_bucket{{{labels}le="{bound}"}} {count * share}'
    yield f"{name}_sum{{{labels.rstrip(',')}}} {count * 0.1}"
    yield f"{name}_count{{{labels.rstrip(',')}}} {count}"


def metrics(node, seconds, _start):
    """/metrics"""
    yield f'kubelet_node_name{{node="{node.name}"}} 1'
    yield f"kubelet_running_pods {len(node.pods)}"
    count = sum(len(containers) for containers in node.pods.values())
    yield f'kubelet_running_containers{{container_state="running"}} {count}'
    yield f'kubelet_started_containers_errors_total{{code="ErrImagePull"}} {seconds // 40}'
    yield from histogram("kubelet_pod_start_sli_duration_seconds", "", (0.5, 1, 2, 4), seconds)
    for operation in OPERATIONS:
        yield from histogram("kubelet_runtime_operations_duration_seconds",
                             f'operation_type="{operation}",', (0.005, 0.05, 0.5), seconds * 3)
    for claim in (pod for namespace, pod in node.pods if namespace == "monitoring"):
        volume = f'namespace="monitoring",persistentvolumeclaim="{claim}"'
        yield f"kubelet_volume_stats_used_bytes{{{volume}}} {4.1 * GIB * node.share(claim)}"
        yield f"kubelet_volume_stats_capacity_bytes{{{volume}}} {10 * GIB}"
        yield f"kubelet_volume_stats_available_bytes{{{volume}}} {5.5 * GIB}"
        yield f"kubelet_volume_stats_inodes_free{{{volume}}} {2e5}"
        yield f"kubelet_volume_stats_inodes{{{volume}}} {6e5}"


def resource(node, seconds, _start):
    """/metrics/resource, whose container_* have names of cAdvisor's without the label id."""
    yield f"node_cpu_usage_seconds_total {seconds * 1.6 * node.share()}"
    yield f"node_memory_working_set_bytes {6.2 * GIB * node.share()}"
    for (namespace, pod), containers in node.pods.items():
        of_pod = f'namespace="{namespace}",pod="{pod}"'
        used = sum(memory for _, memory, _ in containers.values()) * node.share(pod)
        yield f"pod_memory_working_set_bytes{{{of_pod}}} {used}"
        for container, (cpu, memory, _) in containers.items():
            labels = f'{of_pod},container="{container}"'
            share = node.share(pod)
            yield f"container_cpu_usage_seconds_total{{{labels}}} {cpu * seconds * share}"
            yield f"container_memory_working_set_bytes{{{labels}}} {memory * share}"


def cadvisor(node, seconds, start):
    """/metrics/cadvisor"""
    yield f'machine_cpu_cores{{machine_id="{node.name}",boot_id="1",system_uuid="2"}} {CORES}'
    yield f'machine_memory_bytes{{machine_id="{node.name}",boot_id="1",system_uuid="2"}} {MEMORY}'
    yield f'container_cpu_usage_seconds_total{{id="/"}} {seconds * 1.6 * node.share()}'
    yield f'container_memory_working_set_bytes{{id="/"}} {6.2 * GIB * node.share()}'
    yield f"container_fs_usage_bytes{{{DISK}}} {80 * GIB * node.share()}"
    yield f"container_fs_limit_bytes{{{DISK}}} {120 * GIB}"
    yield 'container_fs_usage_bytes{id="/",device="/dev/shm"} 0'
    yield f'container_fs_limit_bytes{{id="/",device="/dev/shm"}} {GIB}'
    for what, speed in (("reads", 3e5), ("writes", 2e6)):
        yield f"container_fs_{what}_bytes_total{{{DISK}}} {speed * seconds * node.share()}"
    for way, speed in (("receive", 9e5), ("transmit", 7e5)):
        for interface in ("eth0", *VIRTUAL):
            labels = f'id="/",interface="{interface}"'
            yield (f"container_network_{way}_bytes_total{{{labels}}}"
                   f" {speed * seconds * node.share()}")
    for (namespace, pod), containers in node.pods.items():
        yield from pod_lines(node, f'namespace="{namespace}",pod="{pod}"', pod, seconds)
        for container, of_container in containers.items():
            killed = seconds // 15 if (namespace, pod, container) == node.trouble else 0
            labels = (f'namespace="{namespace}",pod="{pod}",container="{container}",'
                      f'id="/{pod}/{container}",image="example.org/{container}",name="{container}"')
            yield from container_lines(labels, of_container, seconds, node.share(pod), killed)
            yield (f"container_start_time_seconds{{{labels}}}"
                   f" {start - 3600 * 24 * node.share(pod) + 15 * killed}")


def pod_lines(node, of_pod, pod, seconds):
    """Series of the cgroup and of the network of a pod."""
    own = f'{of_pod},container="",id="/{pod}",image="",name=""'
    yield f"container_cpu_usage_seconds_total{{{own}}} {0.5 * seconds * node.share(pod)}"
    yield f"container_memory_working_set_bytes{{{own}}} {4e8 * node.share(pod)}"
    for way in ("receive", "transmit"):
        yield (f'container_network_{way}_bytes_total{{{of_pod},interface="eth0",id="/{pod}"}}'
               f" {2e5 * seconds * node.share(pod)}")


def container_lines(labels, of_container, seconds, share, killed):
    cpu, memory, limit = of_container
    yield f"container_cpu_usage_seconds_total{{{labels}}} {cpu * seconds * share}"
    yield f"container_memory_working_set_bytes{{{labels}}} {memory * share}"
    yield f"container_spec_memory_limit_bytes{{{labels}}} {limit}"
    yield f"container_oom_events_total{{{labels}}} {killed}"
    yield f"container_cpu_cfs_periods_total{{{labels}}} {seconds * 10}"
    yield f"container_cpu_cfs_throttled_periods_total{{{labels}}} {seconds * share}"


PAGES = {"/metrics": metrics, "/metrics/resource": resource, "/metrics/cadvisor": cadvisor}
