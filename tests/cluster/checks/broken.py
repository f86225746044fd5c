"""Breaks what the manifests made, and waits until a check says so."""

import json
import os
import signal
import time

import faults
import manifests
import metrics
from kit import PATIENCE, PEERS, apply, get, in_pod, kubectl, pods, processes, run, wait_for

PEERS_OWN = ("-n", "peers")


def without_a_right():
    kubectl(*PEERS_OWN, "delete", "rolebinding", "prometheus")


def with_a_right_too_many():
    role = get("clusterrole", "ipfs-peers:monitoring")
    role["rules"][1]["resources"].append("nodes/proxy")
    apply(json.dumps(role))


def without_the_policy_for_metrics():
    """Connections that are open stay so: new pods need new ones."""
    kubectl(*PEERS_OWN, "delete", "networkpolicy", "metrics")
    kubectl(*PEERS_OWN, "delete", "pods", "-l", PEERS)
    manifests.all_pods_run()


def without_the_policy_that_denies():
    """That of the gossip is one of those that close a pod, too: it admits everyone now."""
    policy = get(*PEERS_OWN, "networkpolicy", "gossip")
    del policy["spec"]["ingress"][0]["from"]
    apply(json.dumps(policy))


def without_the_label_of_native_metrics():
    kubectl(*PEERS_OWN, "label", "pods", "--all", "ipfs-peer-exporter/native-")


def with_a_selector_that_matches_nothing():
    kubectl(*PEERS_OWN, "patch", "service", "peer", "-p",
            '{"spec": {"selector": {"app.kubernetes.io/name": "peers"}}}')


def with_a_keep_list_that_keeps_less():
    """In the ConfigMap of the running Prometheus, which reads it again."""
    (name,) = pods("app.kubernetes.io/name=prometheus", "monitoring")
    volumes = get("-n", "monitoring", "pod", name)["spec"]["volumes"]
    config = next(one["configMap"]["name"] for one in volumes if one["name"] == "config")
    found = get("-n", "monitoring", "configmap", config)
    found["data"]["scrape-peers.yml"] = found["data"]["scrape-peers.yml"].replace(
        "libp2p_rcmgr_(connections|fds|memory)", "libp2p_rcmgr_none")
    apply(json.dumps(found))
    wait_for("the kubelet writes the file", lambda: in_pod(
        name, "prometheus", "grep", "libp2p_rcmgr_none",
        "/etc/prometheus/config/scrape-peers.yml", namespace="monitoring"), 2 * PATIENCE)
    (process,) = processes("prometheus")
    os.kill(process, signal.SIGHUP)


def with_a_probe_of_another_path():
    kubectl(*PEERS_OWN, "patch", "deployment", "peer", "-p", json.dumps(
        {"spec": {"template": {"spec": {"initContainers": [
            {"name": "exporter", "livenessProbe": {"httpGet": {"path": "/-/alive"}}}]}}}}))


def change_program(volume, file, old, new):
    """Changes a file of the peers' pods, and replaces the pods."""
    spec = get(*PEERS_OWN, "deployment", "peer")["spec"]["template"]["spec"]
    name = next(one["configMap"]["name"] for one in spec["volumes"] if one["name"] == volume)
    found = get(*PEERS_OWN, "configmap", name)
    assert old in found["data"][file], f"{file} has no {old!r}"
    found["data"][file] = found["data"][file].replace(old, new)
    apply(json.dumps(found))
    kubectl(*PEERS_OWN, "delete", "pods", "-l", PEERS)
    manifests.all_pods_run()


def with_peers_that_connect_once():
    change_program("kubo", "002-join.sh", "sleep 15", "break")


def with_learning_that_waits():
    change_program("program", "peer.py", "self.exchanging.join(patience)", "self.exchanging.join()")


def with_a_readiness_probe():
    kubectl(*PEERS_OWN, "patch", "deployment", "peer", "-p", json.dumps(
        {"spec": {"template": {"spec": {"initContainers": [
            {"name": "exporter", "readinessProbe": {
                "httpGet": {"path": "/-/ready", "port": "metrics"}, "periodSeconds": 3}}]}}}}))
    manifests.all_pods_run()


def native_panels():
    """The queries that need the keep list."""
    metrics.with_data.clear()
    metrics.ask_dashboards()
    empty = sorted(name for name, _, _, expression in metrics.dashboards.targets()
                   if "libp2p_rcmgr" in expression and name not in metrics.with_data)
    assert not empty, f"empty without a reason: {empty}"


def local_targets():
    return metrics.targets_are(metrics.LOCAL, 3)


# (what is broken, the check that has to say so)
BREAKS = [
    (without_a_right, manifests.rights),
    (with_a_right_too_many, manifests.rights),
    (without_the_policy_for_metrics, local_targets),
    (without_the_policy_that_denies, manifests.policies),
    (without_the_label_of_native_metrics, local_targets),
    (with_a_selector_that_matches_nothing, manifests.policies),
    (with_a_keep_list_that_keeps_less, native_panels),
    (with_a_probe_of_another_path, lambda: faults.restarts(set())),
    (with_a_readiness_probe, faults.stopped_exporter),
    (with_learning_that_waits, faults.stopped_daemon),
    (with_peers_that_connect_once, faults.bootstrap_restarts),
]


def message(check):
    try:
        check()
    except AssertionError as error:
        return str(error)
    return ""


def show(breaking, check):
    """What the check says, once it says something; everything is whole again afterwards."""
    name = breaking.__name__.replace("_", " ")
    began = time.monotonic()
    breaking()
    said = wait_for(f"a check says: {name}", lambda: message(check))
    took = time.monotonic() - began
    for what in ("deployments", "configmaps", "networkpolicies", "services"):
        kubectl(*PEERS_OWN, "delete", what, "--all")
    manifests.apply_local()
    return f"caught  {name} ({took:.0f} s): {said[:400]}"


def main(write):
    """Whether every break is noticed."""
    run("kubectl", "apply", "-k", "k8s/overlays/local")
    missed = 0
    for breaking, check in BREAKS:
        manifests.all_pods_run()
        metrics.targets(metrics.LOCAL, 3)
        try:
            write(show(breaking, check))
        except AssertionError as error:
            missed += 1
            write(f"MISSED  {error}")
    return not missed
