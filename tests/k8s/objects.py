"""Reading rendered objects: pods, containers, ports, and what they refer to."""

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod")


def namespace(one):
    return one["metadata"].get("namespace")


def pod_spec(workload):
    return workload["spec"]["template"]["spec"]


def pod_labels(workload):
    return workload["spec"]["template"]["metadata"]["labels"]


def containers(spec):
    return spec.get("initContainers", []) + spec["containers"]


def port_names(spec):
    return {port["name"]: port["containerPort"]
            for one in containers(spec) for port in one.get("ports", [])}


def matches(selector, labels):
    """Whether a label selector matches these labels."""
    expressions = selector.get("matchExpressions", [])
    assert all(one["operator"] == "In" for one in expressions)
    return (all(labels.get(key) == value for key, value in
                selector.get("matchLabels", {}).items())
            and all(labels.get(one["key"]) in one["values"] for one in expressions))


def references(workload):
    """(kind, namespace, name) of all objects that a pod needs to start."""
    spec = pod_spec(workload)
    found = []
    for volume in spec["volumes"]:
        for source in (volume, *volume.get("projected", {}).get("sources", [])):
            if "configMap" in source:
                found.append(("ConfigMap", source["configMap"]["name"]))
            if "secret" in source and not source["secret"].get("optional"):
                secret = source["secret"]
                found.append(("Secret", secret.get("secretName") or secret["name"]))
        if "persistentVolumeClaim" in volume:
            found.append(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]))
    for one in containers(spec):
        for variable in one.get("env", []):
            source = variable.get("valueFrom", {})
            if "secretKeyRef" in source:
                found.append(("Secret", source["secretKeyRef"]["name"]))
            if "configMapKeyRef" in source:
                found.append(("ConfigMap", source["configMapKeyRef"]["name"]))
    if "serviceAccountName" in spec:
        found.append(("ServiceAccount", spec["serviceAccountName"]))
    return {(kind, namespace(workload), name) for kind, name in found}


def exporter_of(workload):
    (found,) = (one for one in containers(pod_spec(workload)) if one["name"] == "exporter")
    return found
