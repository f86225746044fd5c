"""What happens when something stops, ends, or comes and goes."""

import json
import os
import signal
import subprocess
import threading
import time

from kit import (PATIENCE, Stopped, by_pod, container, get, in_pod, kubectl, number, pods, process,
                 query, rollout, scale, seconds_until, together, wait_for)
from metrics import LOCAL, ask_dashboards, targets_are

IPFS = "ipfs --api=/unix/run/peer/ipfs.sock"
GRACE = 30  # terminationGracePeriodSeconds of a peer
HEAL = 30  # seconds in which the liveness probe replaces an exporter that hangs
MEET = 60  # seconds in which all peers exchange again
INTERVAL = 10  # of the rounds of training


def scale_and_back():
    found = []
    for count in (5, 7, 3):
        scale(count)
        found.append(f"{count} seen after " + format(seconds_until(
            f"{count} peers are targets", lambda n=count: targets_are(LOCAL, n)), ".0f") + " s")
    return ", ".join(found)


def deletion():
    """A pod ends within its grace, and its exporter by itself, without an error."""
    name, lines = list(pods())[0], []
    with subprocess.Popen(["kubectl", "-n", "peers", "get", "pod", name, "--watch", "-o", "json"],
                          stdout=subprocess.PIPE, text=True) as watch:
        reader = threading.Thread(target=lambda: lines.extend(watch.stdout))
        reader.start()
        try:
            wait_for("the watch", lambda: lines)
            began = time.monotonic()
            kubectl("-n", "peers", "delete", "pod", name, f"--timeout={PATIENCE}s")
            took = time.monotonic() - began
            codes = wait_for("the end of all containers", lambda: len(
                found := exit_codes("".join(lines))) == 3 and found)
        finally:
            watch.terminate()
            reader.join()
    assert took < GRACE, f"{took:.0f} s"
    assert set(codes.values()) == {0}, codes
    rollout("peers", "peer")
    return f"{took:.1f} s of {GRACE}, all containers with status 0"


def exit_codes(documents):
    codes, decoder, rest = {}, json.JSONDecoder(), documents.lstrip()
    while rest:
        try:
            pod, end = decoder.raw_decode(rest)
        except ValueError:
            break  # the watch ended within a document
        rest = rest[end:].lstrip()
        for one in (pod["status"].get("initContainerStatuses", [])
                    + pod["status"].get("containerStatuses", [])):
            if "terminated" in one["state"]:
                codes[one["name"]] = one["state"]["terminated"]["exitCode"]
    return codes


def settled_pod():
    """One of the pods, after all became ready and Prometheus knows that they learn."""
    rollout("peers", "peer")
    name = list(pods())[0]
    wait_for(f"{name} learns", lambda: (number(f'ipfs_up{{pod="{name}"}}') == 1
                                        and number(f'peer_trainings_total{{pod="{name}"}}') > 0))
    return name


def restart_counts(pod):
    return {name: container(pod, name)["restartCount"] for name in ("ipfs", "exporter", "peer")}


def stopped_daemon():
    """Its peer learns at the same pace, and its exporter reports it and goes on."""
    name = settled_pod()
    restarts_before = restart_counts(name)
    of_pod = f'{{pod="{name}",job="peer"}}'
    with Stopped(name, "ipfs", "ipfs"):
        down = seconds_until("ipfs_up is 0", lambda: number(f'ipfs_up{{pod="{name}"}}') == 0)
        ask_dashboards()  # some panels have data only while something fails
        before, began = number(f"peer_trainings_total{of_pod}"), time.monotonic()
        wait_for("four rounds of training", lambda: (
            number(f"peer_trainings_total{of_pod}") >= before + 4))
        took = time.monotonic() - began
        # Two more for the times of the scrapes.
        assert took < (4 + 2) * INTERVAL + 15, f"4 rounds took {took:.0f} s"
        assert number(f'peer_up{{pod="{name}"}}') == 1
    up = seconds_until("ipfs_up is 1", lambda: number(f'ipfs_up{{pod="{name}"}}') == 1)
    assert restart_counts(name) == restarts_before, restart_counts(name)
    return f"ipfs_up is 0 after {down:.0f} s, 4 rounds took {took:.0f} s, up after {up:.0f} s"


def killed_daemon():
    """The kubelet restarts it, and the exporter counts the restart."""
    name = settled_pod()
    restarts = f'ipfs_daemon_restarts_total{{pod="{name}"}}'
    before = number(restarts)
    os.kill(process(name, "ipfs", "ipfs"), signal.SIGKILL)
    took = seconds_until("the restart is counted", lambda: number(restarts) == before + 1)
    wait_for("it is up again", lambda: number(f'ipfs_up{{pod="{name}"}}') == 1)
    rollout("peers", "peer")
    exchange = seconds_until("it exchanges with the others", everybody_exchanges, MEET)
    return f"counted after {took:.0f} s, exchanges again after {exchange:.0f} s more"


def out_of_memory():
    """A process that exceeds the limit of its container fires an alert."""
    name = settled_pod()
    try:
        in_pod(name, "peer", "python3", "-c", "bytearray(1 << 28)")
    except AssertionError as error:
        assert "137" in str(error), error
    else:
        raise AssertionError("256 MiB fit into a limit of 96")
    took = seconds_until("the alert fires", lambda: query(
        f'ALERTS{{alertname="ContainerOOMKilled",pod="{name}",alertstate="firing"}}'))
    ask_dashboards()
    return f"fires after {took:.0f} s"


def stopped_exporter():
    """The pod stays in its Services until the probe ends the exporter."""
    name = settled_pod()
    before = container(name, "exporter")["restartCount"]
    not_ready = []

    def healed():
        status = get("-n", "peers", "pod", name)["status"]
        exporter = next(one for one in status["initContainerStatuses"] if one["name"] == "exporter")
        ready = next(one["status"] for one in status["conditions"] if one["type"] == "Ready")
        if ready != "True" and "running" in exporter["state"] and (
                exporter["restartCount"] == before):
            not_ready.append(exporter)
        return exporter["restartCount"] > before and exporter["started"] and ready == "True"

    with Stopped(name, "exporter", "ipfs_peer_exporter"):
        took = seconds_until("the exporter runs again", healed)
    assert not not_ready, "the pod was not ready while the exporter hung"
    assert took < HEAL, f"{took:.0f} s"
    return f"{took:.0f} s, and ready until the restart"


def bootstrap_restarts():
    """Six peers lose the bootstrap peer, and a seventh joins: all exchange with each other."""
    try:
        scale(6)
        wait_for("six peers exchange", everybody_exchanges)
        kubectl("-n", "peers", "delete", "pod", "-l", "app.kubernetes.io/name=bootstrap")
        scale(7)
        took = seconds_until("all exchange with all", everybody_exchanges, MEET)
        no_more_failures()
    finally:
        scale(3)
    return f"all 7 exchange after {took:.0f} s"


def of_all_pods(metric):
    """The values of the pods that run, or nothing until Prometheus has all."""
    found, names = by_pod(metric), set(pods())
    return names <= set(found) and {pod: found[pod] for pod in names}


def two_more_rounds():
    before = wait_for("all learn", lambda: of_all_pods("peer_trainings_total"))

    def passed():
        now = of_all_pods("peer_trainings_total")
        return now and all(value >= before[pod] + 2 for pod, value in now.items())
    wait_for("two more rounds", passed)


def no_more_failures():
    two_more_rounds()  # the round in which all met may fail, and is scraped later
    failed = of_all_pods("peer_training_failures_total")
    two_more_rounds()
    more = {pod: errors(pod) for pod, value in
            of_all_pods("peer_training_failures_total").items() if value > failed[pod]}
    assert not more, f"failures after all met: {more}"


def errors(pod):
    """The last rounds of a peer that failed, in its own words."""
    log = kubectl("-n", "peers", "logs", pod, "-c", "peer", "--tail=20")
    return [line for line in log.splitlines() if "error=" in line]


def everybody_exchanges():
    """Each daemon adds a block, and reads the blocks of all others."""
    names = list(pods())
    cids = together(lambda name: in_pod(
        name, "ipfs", "sh", "-c", f"date +%s%N | {IPFS} add -Q").strip(), names)
    command = " && ".join(f"{IPFS} --timeout=5s cat {cid} >/dev/null" for cid in cids)
    together(lambda name: in_pod(name, "ipfs", "sh", "-c", command), names)
    return True


def restarts(provoked):
    """Containers restarted only where a check provoked it."""
    found = {}
    for pod in get("-n", "peers", "pods")["items"]:
        status = pod["status"]
        for one in status.get("initContainerStatuses", []) + status["containerStatuses"]:
            if one["restartCount"]:
                found[one["name"]] = found.get(one["name"], 0) + one["restartCount"]
    assert set(found) <= provoked, found
    return str(found or "none")


def accuracy_rises():
    """The peers learn together."""
    worst = number("min(peer_model_accuracy_ratio)")
    received = query("peer_models_received_total")
    assert all(value > 0 for _, value in received), received
    return f"worst accuracy {worst:.2f}, every peer has models of others"
