#!/usr/bin/env python3
"""Does a daemon that hangs make scrapes slower? Prints the figures; exit code 1 if it does.

    python3 outage.py [--scrapes 20000] [--pairs 5] [--limit 1.2]

Two exporters poll two daemons once; then one daemon stops answering.
Both are scraped in turns, over one connection at a time, and the 99th percentiles are compared.
"""

import argparse
import contextlib
import statistics
import sys

import bench
from bench import Connection, quiet_exporter, wait_for_page
from harness import COLLECTORS, FakeDaemon, recording
from fake_daemon import hangs

SUCCESS = "ipfs_peer_exporter_collector_success"


def p99(exporter, scrapes):
    """The 99th percentile in milliseconds and the size of the last page.

    Uses a new connection, because an idle one would be closed while it waits.
    """
    with contextlib.closing(Connection(exporter.address)) as connection:
        return bench.p99(connection, scrapes), len(connection.get())


def start(stack):
    """A daemon and an exporter that has polled all collectors."""
    daemon = stack.enter_context(FakeDaemon(recording("v0.42.0/online")))
    exporter = quiet_exporter(stack, f"--ipfs.api={daemon.url}", "--ipfs.timeout=2s",
                              ready=r"^ipfs_up 1$")
    for name in COLLECTORS:
        wait_for_page(exporter, rf'^{SUCCESS}{{collector="ipfs.{name}"}} 1$')
    return daemon, exporter


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scrapes", type=int, default=20000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=1.2)
    args = parser.parse_args()
    ratios = []
    with contextlib.ExitStack() as stack:
        _, healthy = start(stack)
        daemon, hanging = start(stack)
        daemon.script_all(hangs)
        wait_for_page(hanging, r'collector="ipfs.health",reason="timeout"} [1-9]')
        exporters = [healthy, hanging]
        for pair in range(1, args.pairs + 1):
            # Alternate the order, so that it does not affect the result.
            turns = exporters if pair % 2 else exporters[::-1]
            results = {turn: p99(turn, args.scrapes) for turn in turns}
            (base, base_size), (loaded, loaded_size) = (results[e] for e in exporters)
            ratios.append(loaded / base)
            print(f"pair {pair}: p99 healthy {base:.3f} ms ({base_size} bytes), "
                  f"hanging {loaded:.3f} ms ({loaded_size} bytes), ratio {ratios[-1]:.2f}",
                  flush=True)
    median = statistics.median(ratios)
    print(f"median ratio {median:.2f}, limit {args.limit}")
    return median > args.limit


if __name__ == "__main__":
    sys.exit(main())
