"""Invented pages of a kubelet: two pods of peers and a Prometheus on one node.

Names and labels are from kubelet 1.36; the numbers grow with the time since start.
"""

import http.server
import threading
import time

GIB = 2**30
CORES = 4
MEMORY = 16 * GIB
CARD = 'id="/",interface="eth0"'
DISK = 'id="/",device="/dev/sda1"'
OPERATIONS = ("create_container", "start_container", "list_podsandbox")
# Container: its share of a core, working set, limit.
PEER = {"ipfs": (0.12, 310e6, 512e6), "exporter": (0.002, 11e6, 32e6), "peer": (0.3, 48e6, 96e6)}
PODS = {("peers", "peer-0"): PEER, ("peers", "peer-1"): PEER, ("peers", "peer-2"): PEER,
        ("monitoring", "prometheus-0"): {"prometheus": (0.05, 420e6, 1024e6)},
        ("monitoring", "grafana-0"): {"grafana": (0.02, 190e6, 512e6)}}


def histogram(name, labels, bounds, count):
    """Buckets with most of `count` below the first bound and the rest spread out."""
    for number, bound in enumerate((*bounds, "+Inf")):
        share = 1 - 0.3 / 2**number if bound != "+Inf" else 1
        yield f'{name}_bucket{{{labels}le="{bound}"}} {count * share}'
    yield f"{name}_sum{{{labels.rstrip(',')}}} {count * 0.1}"
    yield f"{name}_count{{{labels.rstrip(',')}}} {count}"


def metrics(seconds):
    """/metrics"""
    yield 'kubelet_node_name{node="node-a"} 1'
    yield f"kubelet_running_pods {len(PODS)}"
    count = sum(len(containers) for containers in PODS.values())
    yield f'kubelet_running_containers{{container_state="running"}} {count}'
    yield f'kubelet_started_containers_errors_total{{code="ErrImagePull"}} {seconds // 40}'
    yield from histogram("kubelet_pod_start_sli_duration_seconds", "", (0.5, 1, 2, 4), seconds)
    for operation in OPERATIONS:
        yield from histogram("kubelet_runtime_operations_duration_seconds",
                             f'operation_type="{operation}",', (0.005, 0.05, 0.5), seconds * 3)
    volume = 'namespace="monitoring",persistentvolumeclaim="prometheus"'
    yield f"kubelet_volume_stats_used_bytes{{{volume}}} {4.1 * GIB}"
    yield f"kubelet_volume_stats_capacity_bytes{{{volume}}} {10 * GIB}"


def resource(seconds):
    """/metrics/resource"""
    yield f"node_cpu_usage_seconds_total {seconds * 1.6}"
    yield f"node_memory_working_set_bytes {6.2 * GIB}"
    for (namespace, pod), containers in PODS.items():
        used = sum(memory for _, memory, _ in containers.values())
        yield f'pod_memory_working_set_bytes{{namespace="{namespace}",pod="{pod}"}} {used}'


def cadvisor(seconds):
    """/metrics/cadvisor"""
    yield f"machine_cpu_cores {CORES}"
    yield f"machine_memory_bytes {MEMORY}"
    yield f'container_cpu_usage_seconds_total{{id="/"}} {seconds * 1.6}'
    yield f'container_memory_working_set_bytes{{id="/"}} {6.2 * GIB}'
    yield f"container_fs_usage_bytes{{{DISK}}} {61 * GIB}"
    yield f"container_fs_limit_bytes{{{DISK}}} {120 * GIB}"
    for what, speed in (("reads", 3e5), ("writes", 2e6)):
        yield f"container_fs_{what}_bytes_total{{{DISK}}} {speed * seconds}"
    for way, speed in (("receive", 9e5), ("transmit", 7e5)):
        yield f"container_network_{way}_bytes_total{{{CARD}}} {speed * seconds}"
    for number, ((namespace, pod), containers) in enumerate(PODS.items(), 1):
        of_pod = f'namespace="{namespace}",pod="{pod}"'
        for way in ("receive", "transmit"):
            yield (f'container_network_{way}_bytes_total{{{of_pod},interface="eth0"}}'
                   f" {2e5 * seconds / number}")
        for container, (cpu, memory, limit) in containers.items():
            labels = f'{of_pod},container="{container}",id="/{pod}/{container}"'
            yield f"container_cpu_usage_seconds_total{{{labels}}} {cpu * seconds / number}"
            yield f"container_memory_working_set_bytes{{{labels}}} {memory}"
            yield f"container_spec_memory_limit_bytes{{{labels}}} {limit}"
            yield f"container_start_time_seconds{{{labels}}} {START - 3600 * number}"
            yield f"container_oom_events_total{{{labels}}} 0"
            yield f"container_cpu_cfs_periods_total{{{labels}}} {seconds * 10}"
            yield f"container_cpu_cfs_throttled_periods_total{{{labels}}} {seconds / number}"


START = time.time()
PAGES = {"/metrics": metrics, "/metrics/resource": resource, "/metrics/cadvisor": cadvisor}


class Kubelet(http.server.ThreadingHTTPServer):
    """Serves the pages on loopback while the context is open."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        lines = PAGES[self.path](time.time() - START + 600)
        body = "".join(f"{line}\n" for line in lines).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
