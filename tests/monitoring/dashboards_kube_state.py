"""Invented pages of kube-state-metrics, which is a package of no registry that this project uses.

Names and labels are those of its documentation, docs/metrics of kube-state-metrics 2.20.
"""

from dashboards_kubelet import CORES, MEMORY

CONDITIONS = {"Ready": "true", "MemoryPressure": "false", "DiskPressure": "false",
              "PIDPressure": "false", "NetworkUnavailable": "false"}
SIDECARS = ("exporter",)  # init containers that go on
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")


def lines(nodes, seconds, start):
    """The page at `seconds` after the start of all nodes."""
    for node in nodes:
        yield from of_node(node.name)
        for (namespace, pod), containers in node.pods.items():
            own = f'namespace="{namespace}",pod="{pod}",uid="{node.name}/{pod}"'
            yield from of_pod(own, node.name, start)
            for container, (_, _, limit) in containers.items():
                bad = (namespace, pod, container) == node.trouble
                kind = "init_container" if container in SIDECARS else "container"
                yield from of_container(f'{own},container="{container}"', f"kube_pod_{kind}",
                                        node.name, limit, seconds // 15 if bad else 0)
    yield from of_workloads(nodes)


def of_node(node):
    yield f'kube_node_info{{node="{node}",kubelet_version="v1.36.3",internal_ip="10.0.1.1"}} 1'
    for condition, good in CONDITIONS.items():
        for status in ("true", "false", "unknown"):
            yield (f'kube_node_status_condition{{node="{node}",condition="{condition}",'
                   f'status="{status}"}} {int(status == good)}')
    for what in ("capacity", "allocatable"):
        for resource, unit, amount in (("cpu", "core", CORES), ("memory", "byte", MEMORY),
                                       ("pods", "integer", 110)):
            yield (f'kube_node_status_{what}{{node="{node}",resource="{resource}",'
                   f'unit="{unit}"}} {amount}')
    yield f'kube_node_spec_unschedulable{{node="{node}"}} 0'


def of_pod(own, node, start):
    yield (f'kube_pod_info{{{own},node="{node}",host_network="false",host_ip="10.0.1.1",'
           'pod_ip="10.1.0.9",created_by_kind="ReplicaSet",created_by_name="peers-1"} 1')
    yield f"kube_pod_start_time{{{own}}} {start}"
    for phase in PHASES:
        yield f'kube_pod_status_phase{{{own},phase="{phase}"}} {int(phase == "Running")}'
    for condition in ("true", "false", "unknown"):
        yield f'kube_pod_status_ready{{{own},condition="{condition}"}} {int(condition == "true")}'


def of_container(own, kind, node, limit, restarts):
    yield f"{kind}_status_restarts_total{{{own}}} {restarts}"
    yield f"{kind}_status_ready{{{own}}} {int(not restarts)}"
    yield f'{kind}_resource_limits{{{own},node="{node}",resource="memory",unit="byte"}} {limit}'
    yield (f'{kind}_resource_requests{{{own},node="{node}",resource="memory",unit="byte"}}'
           f" {limit / 2}")
    if restarts:
        yield f'{kind}_status_last_terminated_reason{{{own},reason="OOMKilled"}} 1'
        yield f'{kind}_status_waiting_reason{{{own},reason="CrashLoopBackOff"}} 1'


def of_workloads(nodes):
    pods = [pod for node in nodes for pod in node.pods]
    for namespace in sorted({namespace for namespace, _ in pods}):
        count = sum(other == namespace for other, _ in pods)
        own = f'namespace="{namespace}",deployment="{namespace}"'
        yield f"kube_deployment_spec_replicas{{{own}}} {count}"
        yield f"kube_deployment_status_replicas{{{own}}} {count}"
        yield f"kube_deployment_status_replicas_available{{{own}}} {count - 1}"
        yield f"kube_deployment_status_replicas_unavailable{{{own}}} 1"
