"""What kube-state-metrics says of a life, by its documentation: it cannot be had here."""

from notation import expand
from world import Series, baseline

SIDECARS = ("ipfs", "exporter")  # init containers that are restarted have metrics of their own
NAMESPACE = {"namespace": "peers"}
DEPLOYMENT = {**NAMESPACE, "deployment": "peer"}


def exists(world, peer):
    return [state != "gone" for state in world.targets[peer]]


def constant(world, peer, value):
    return [float(value) if there else None for there in exists(world, peer)]


def restarts(world, peer, container):
    """The number of restarts, in a pod that is the same all the time that it exists."""
    there, count, values = exists(world, peer), 0, []
    starts = world.starts[peer, container]
    for minute in range(world.count):
        born = minute and there[minute] and not there[minute - 1]
        count = 0 if born else count + (minute in starts and minute > 0)
        values.append(float(count) if there[minute] else None)
    return values


def of_containers(world, peer):
    for container, families in baseline()["containers"].items():
        kind = "kube_pod_init_container" if container in SIDECARS else "kube_pod_container"
        labels = {**NAMESPACE, "pod": peer, "container": container}
        yield f"{kind}_status_restarts_total", labels, restarts(world, peer, container)
        yield (f"{kind}_resource_limits", {**labels, "resource": "memory", "unit": "byte"},
               constant(world, peer, families["container_spec_memory_limit_bytes"]))


def of_pods(world):
    for peer, how in world.peers.items():
        labels = {**NAMESPACE, "pod": peer}
        yield "kube_pod_info", {**labels, "node": how["node"]}, constant(world, peer, 1)
        for ready, word in ((True, "true"), (False, "false")):
            yield ("kube_pod_status_ready", {**labels, "condition": word},
                   [float(now == ready) if there else None
                    for now, there in zip(world.ready[peer], exists(world, peer))])
        yield ("kube_pod_status_phase", {**labels, "phase": "Running"},
               constant(world, peer, 1))
        yield from of_containers(world, peer)


def of_deployment(world):
    wanted = expand(world.life.get("deployment", sum(exists(world, peer)[0]
                                                     for peer in world.peers)), world.count)
    ready = [float(sum(world.ready[peer][minute] for peer in world.peers))
             for minute in range(world.count)]
    yield "kube_deployment_spec_replicas", DEPLOYMENT, wanted
    yield "kube_deployment_status_replicas_available", DEPLOYMENT, ready
    yield "kube_deployment_status_replicas_ready", DEPLOYMENT, ready
    yield ("kube_deployment_status_replicas_unavailable", DEPLOYMENT,
           [max(want - have, 0.0) for want, have in zip(wanted, ready)])


def of_nodes(world):
    for node in world.nodes:
        lost = [state == "down" for state in world.targets[node]]
        yield "kube_node_spec_unschedulable", {"node": node}, [0.0] * world.count
        for status in ("true", "false", "unknown"):
            yield ("kube_node_status_condition",
                   {"node": node, "condition": "Ready", "status": status},
                   [float((status == "unknown") if now else (status == "true"))
                    for now in lost])


def add_kube_state(world):
    """Adds the series, those of the life's own `kube` instead of the same of this file."""
    own = {one.key() for one in world.series if one.owner == "kube"}
    for content in (of_pods, of_deployment, of_nodes):
        for name, labels, values in content(world):
            one = Series("kube", "kube", "", name, labels, values)
            if (world.used is None or name in world.used) and one.key() not in own:
                world.series.append(one)
