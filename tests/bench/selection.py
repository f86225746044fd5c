#!/usr/bin/env python3
"""Do scrapers of a large selection delay others? Prints a table; exit code 1 if they do.

    python3 selection.py [--seconds 10] [--gzip]

63 connections request 100,000 series of a peer with collect[], as fast as they are answered, while
another one requests /-/healthy every 20 ms: first with a peer that was polled once, then with one
that is polled every five seconds, so that new pages are built.
"""

import argparse
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from bench import Connection, quiet_exporter
from harness import StatsSocket, says

SERIES = 100_000
MAX_MS = 50
PACE = 0.02


def document():
    """Gauges in 20 families, each with two labels."""
    lines = (f'stage_{number * 20 // SERIES:02}_seconds{{step="{number}",'
             f'worker="worker-{number % 7}.example.org"}} {number * 0.125}\n'
             for number in range(SERIES))
    return "".join(lines)


def start(stack, peer, interval):
    return quiet_exporter(
        stack, "--ipfs.api=none", f"--peer.stats={peer.address}", f"--peer.interval={interval}",
        "--peer.timeout=1m", "--web.max-requests=0", f"--peer.max-series={SERIES}",
        "--peer.max-bytes=16MiB", ready="^peer_up 1$")


def times_of_health(exporter, seconds, headers):
    """Milliseconds of each answer, sorted."""
    load = subprocess.Popen(
        ["wrk", "-t1", "-c63", f"-d{seconds}s", "--timeout", "1m", *headers,
         f"http://{exporter.address}/metrics?collect%5B%5D=peer.stats"],
        stdout=subprocess.PIPE, text=True)
    took = []
    with contextlib.closing(Connection(exporter.address)) as connection:
        while load.poll() is None:
            began = time.monotonic()
            connection.get("/-/healthy")
            took.append((time.monotonic() - began) * 1000)
            time.sleep(PACE)
    report = load.communicate()[0]
    if load.returncode or "errors" in report or "Non-2xx" in report:
        raise RuntimeError(report)
    return sorted(took)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--gzip", action="store_true")
    args = parser.parse_args()
    headers = ["-H", "Accept-Encoding: gzip"] if args.gzip else []
    slowest = 0
    print("| polled every | answers | median, ms | p99, ms | max, ms | peak memory, MiB |")
    print("|--:|--:|--:|--:|--:|--:|")
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peer = stack.enter_context(StatsSocket(folder / "stats.sock", says(document())))
        for interval in ("1h", "5s"):
            exporter = start(stack, peer, interval)
            took = times_of_health(exporter, args.seconds, headers)
            print(f"| {interval} | {len(took)} | {took[len(took) // 2]:.1f} | "
                  f"{took[len(took) * 99 // 100]:.1f} | {took[-1]:.1f} | "
                  f"{exporter.peak_memory_kb() / 1024:.0f} |")
            slowest = max(slowest, took[-1])
    print(f"slowest {slowest:.1f} ms, aim <= {MAX_MS}; load average {os.getloadavg()[0]:.2f}")
    return slowest > MAX_MS


if __name__ == "__main__":
    sys.exit(main())
