"""What the kubelets and node_exporter say of a life beyond the baseline."""

from notation import STALE

# Of a pod as a whole, without a label `container`.
OF_PODS = ("container_memory_working_set_bytes", "container_cpu_usage_seconds_total")


def generations(made, one):
    """A container's series, one for each time that the container started."""
    starts = [0, *sorted(made.starts[one.owner, one.part]), made.count]
    for number, (start, end) in enumerate(zip(starts, starts[1:])):
        values = [None] * made.count
        values[start:end] = one.values[start:end]
        if end < made.count and end and values[end - 1] not in (None, STALE):
            values[end] = STALE
        if any(isinstance(value, float) for value in values):
            yield {"container": one.part,
                   "id": f"/kubepods/{one.owner}/{one.part}/{number}"}, values


def total(lists):
    """The sum of what is there at each minute, with a marker where all end."""
    values = []
    for now in zip(*lists):
        there = [value for value in now if isinstance(value, float)]
        ended = values and isinstance(values[-1], float)
        values.append(sum(there) if there else STALE if ended else None)
    return values


def of_pods(made):
    """(peer, metric, labels, values) of the pods' own control groups."""
    for peer in made.peers:
        for name in OF_PODS:
            parts = [one.values for one in made.of(peer)
                     if one.name == name and one.page == "/metrics/cadvisor" and one.part]
            if parts:
                yield peer, name, {"id": f"/kubepods/{peer}"}, total(parts)


def file_systems(made):
    """(node, metric, labels, values) of node_exporter, from what cAdvisor says of the disks."""
    disks = {}
    for one in made.series:
        if one.owner in made.nodes and one.labels.get("id") == "/":
            disks.setdefault((one.owner, one.labels.get("device")), {})[one.name] = one.values
    for (node, device), metrics in disks.items():
        used, size = (metrics.get(f"container_fs_{what}_bytes") for what in ("usage", "limit"))
        if used and size:
            kind = "squashfs" if "loop" in device else "ext4"
            labels = {"device": device, "fstype": kind, "mountpoint": "/"}
            yield node, "node_filesystem_size_bytes", labels, size
            yield node, "node_filesystem_avail_bytes", labels, [
                limit - now if isinstance(now, float) and isinstance(limit, float) else now
                for limit, now in zip(size, used)]
