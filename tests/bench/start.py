#!/usr/bin/env python3
"""How soon does the exporter serve? Prints medians; exit code 1 if a target is missed.

    python3 start.py [--starts 20]

Time from fork to the first 200 of /-/healthy, and to the first page with the results of every
collector, with a running daemon.
"""

import argparse
import contextlib
import statistics
import sys
import time

import bench  # noqa: F401
from harness import COLLECTORS, Exporter, FakeDaemon, recording

MAX_HEALTHY_MS = 30
MAX_PAGE_MS = 200


def start(daemon):
    """Milliseconds to the first 200 of /-/healthy and to the first complete page."""
    began = time.perf_counter()
    with contextlib.closing(Exporter(f"--ipfs.api={daemon.url}")) as exporter:
        if exporter.get("/-/healthy")[0] != 200:
            raise RuntimeError("not healthy")
        healthy = time.perf_counter() - began
        exporter.wait_collectors()
        text = exporter.get("/metrics")[2]
        full = time.perf_counter() - began
    for name in COLLECTORS:
        if f'ipfs_peer_exporter_collector_success{{collector="ipfs.{name}"}} 1\n' not in text:
            raise RuntimeError(f"the page lacks ipfs.{name}")
    return healthy * 1000, full * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--starts", type=int, default=20)
    args = parser.parse_args()
    with FakeDaemon(recording("v0.42.0/online")) as daemon:
        columns = zip(*(start(daemon) for _ in range(args.starts)))
    rows = (("first /-/healthy", MAX_HEALTHY_MS), ("first full page", MAX_PAGE_MS))
    print("| start to | median, ms | longest, ms | aim, ms |")
    print("|---|--:|--:|--:|")
    missed = False
    for (what, aim), times in zip(rows, columns):
        median = statistics.median(times)
        missed |= median > aim
        print(f"| {what} | {median:.1f} | {max(times):.1f} | {aim} |")
    return missed


if __name__ == "__main__":
    sys.exit(main())
