"""The long form: the same faults again and again. No exporter restarts or grows."""

import time

import faults
from kit import by_pod, container, in_pod, number, pods, run, seconds_until, wait_for
from metrics import LOCAL, targets_are

# MiB that the working set of an exporter may grow after its first round.
GROWTH = 2
WORKING_SET = 'container_memory_working_set_bytes{container="exporter"}'


def cut_network():
    """No pod reaches this one any more, nor the other way; its kubelet still does."""
    name = faults.settled_pod()
    address = pods()[name]["status"]["podIP"]
    rules = [["FORWARD", way, address, "-j", "DROP"] for way in ("--source", "--destination")]
    for rule in rules:
        run("iptables", "--wait", "--insert", *rule)
    try:
        down = seconds_until("the scrape fails", lambda: number(
            f'max(up{{pod="{name}",job="ipfs"}})') == 0)
    finally:
        for rule in rules:
            run("iptables", "--wait", "--delete", *rule)
    up = seconds_until("the scrape succeeds", lambda: number(
        f'min(up{{pod="{name}",job="ipfs"}})') == 1)
    # Kubo waits longer before each new attempt to connect.
    exchange = seconds_until("it exchanges again", faults.everybody_exchanges, 4 * faults.MEET)
    return f"down after {down:.0f} s, up after {up:.0f} s, exchanges {exchange:.0f} s later"


def changed_configuration():
    """A daemon that its user configures anew and restarts, as for an upgrade."""
    name = faults.settled_pod()
    restarts = f'ipfs_daemon_restarts_total{{pod="{name}"}}'
    before = number(restarts)
    in_pod(name, "ipfs", "ipfs", "--api=/unix/run/peer/ipfs.sock", "config",
           "Datastore.StorageMax", "400MB")
    in_pod(name, "ipfs", "ipfs", "--api=/unix/run/peer/ipfs.sock", "shutdown")
    wait_for("the restart is counted", lambda: number(restarts) == before + 1)
    wait_for("it is up again", lambda: number(f'ipfs_up{{pod="{name}"}}') == 1)
    return "counted as a restart"


FAULTS = [faults.stopped_daemon, faults.killed_daemon, changed_configuration, cut_network,
          faults.deletion, faults.scale_and_back, faults.bootstrap_restarts]


def exporters_are_whole(before):
    """The pods that remain have used the same memory; {pod: MiB} of all."""
    wait_for("all targets are up", lambda: targets_are(LOCAL, 3))
    measured = wait_for("the memory of all pods is known", lambda: set(
        found := by_pod(f"max by (pod) ({WORKING_SET})")) >= set(pods()) and found)
    now = {pod: value / 2**20 for pod, value in measured.items()}
    for pod in pods():
        assert container(pod, "exporter")["restartCount"] == 0, pod
        assert now[pod] <= before.get(pod, now[pod]) + GROWTH, (pod, before[pod], now[pod])
    return {pod: min(now[pod], before.get(pod, now[pod])) for pod in now}


def main(minutes, outcome, write):
    """Whether everything succeeded, for this many minutes."""
    end, rounds, failed, memory = time.monotonic() + 60 * minutes, 0, 0, {}
    while time.monotonic() < end:
        fault = FAULTS[rounds % len(FAULTS)]
        rounds += 1
        good, line = outcome(f"{rounds}: {fault.__name__}", fault)
        write(line)
        failed += not good
        try:
            memory = exporters_are_whole(memory)
        except AssertionError as error:
            failed += 1
            write(f"FAIL {rounds}: {error}")
    write(f"{rounds} faults in {minutes:g} minutes, {failed} not as expected; exporters use "
          + ", ".join(f"{value:.1f}" for value in memory.values()) + " MiB")
    return not failed
