#!/usr/bin/env python3
"""Runs the checks on the node, in order, and writes a report: a line for each part and check."""

import functools
import pathlib
import sys
import time

import broken
import faults
import manifests
import metrics
import soak
from kit import REPOSITORY

MADE = REPOSITORY / "build" / "cluster"
# Alerts and restarts that the checks provoke.
PROVOKED_ALERTS = {"ContainerOOMKilled"}
PROVOKED_RESTARTS = {"exporter", "ipfs"}

base_targets = functools.partial(metrics.targets, metrics.BASE, 3)
local_targets = functools.partial(metrics.targets, metrics.LOCAL, 3)

# In this order: most need what those before them did.
CHECKS = [
    ("base: the commands of the documentation apply it without a warning", manifests.apply_base),
    ("base: all pods run", manifests.all_pods_run),
    ("base: all targets are up", base_targets),
    ("base: no training fails while everything starts", metrics.no_failures),
    ("base: queries of the dashboards", metrics.ask_dashboards),
    ("local: applies over it without a warning", manifests.apply_local),
    ("local: takes more collectors and a CPU limit", manifests.apply_more),
    ("local: all pods run", manifests.all_pods_run),
    ("local: all targets are up", local_targets),
    ("load balancers", manifests.load_balancers),
    ("Pod Security", manifests.pod_security),
    ("rights", manifests.rights),
    ("rights at the kubelet", manifests.kubelet_rights),
    ("network policies", manifests.policies),
    ("the RPC API has no port", manifests.rpc_is_closed),
    ("metadata", metrics.metadata),
    ("scale to 5, 7 and 3", faults.scale_and_back),
    ("deletion", faults.deletion),
    ("a daemon that hangs", faults.stopped_daemon),
    ("an exporter that hangs", faults.stopped_exporter),
    ("a daemon that is killed", faults.killed_daemon),
    ("a container without memory", faults.out_of_memory),
    ("the bootstrap peer restarts", faults.bootstrap_restarts),
    ("all targets are up again", local_targets),
    ("peers learn together", faults.accuracy_rises),
    ("rules", metrics.rules),
    ("queries of the dashboards", metrics.dashboard_queries),
    ("alerts", functools.partial(metrics.alerts, PROVOKED_ALERTS)),
    ("memory", metrics.memory),
    ("restarts", functools.partial(faults.restarts, PROVOKED_RESTARTS)),
    ("deletion of everything", manifests.delete),
]
# The soak begins after these.
TO_SOAK = [title for title, _ in CHECKS].index("load balancers")


def resident(pid):
    """MiB that a process has in memory."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0


def parts():
    for line in (MADE / "parts.txt").read_text().splitlines():
        name, pid, began, ready = line.split()
        memory = f", {resident(pid):.0f} MiB" if int(pid) else ""
        yield f"part {name}: ready after {float(ready) - float(began):.1f} s{memory}"


def outcome(title, function):
    """One line, and whether the check succeeded."""
    began, good, text = time.monotonic(), True, ""
    try:
        text = function() or ""
    except Exception as error:  # a check that breaks has failed, and the next ones run
        good, text = False, f"{type(error).__name__}: {error}"
    took = time.monotonic() - began
    return good, f"{'ok  ' if good else 'FAIL'} {title} ({took:.0f} s): {text}"


def run_checks(wanted, write):
    """Whether all succeed."""
    failed = 0
    for check in wanted:
        good, line = outcome(*check)
        failed += not good
        write(line)
    for line in parts():
        write(line)
    write(f"{len(wanted) - failed} of {len(wanted)} checks succeeded")
    return not failed


def main():
    with (MADE / "report.txt").open("a") as report:
        def write(line):
            print(line, flush=True)
            print(line, file=report, flush=True)

        if sys.argv[1:] == ["--broken"]:
            good = broken.main(write)
        elif sys.argv[1:2] == ["--soak"]:
            good = run_checks(CHECKS[:TO_SOAK], write) and soak.main(
                float(sys.argv[2]), outcome, write)
        else:
            good = run_checks([check for check in CHECKS if check[0] in sys.argv[1:]]
                              if sys.argv[1:] else CHECKS, write)
    sys.exit(not good)


if __name__ == "__main__":
    main()
