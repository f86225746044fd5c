#!/usr/bin/env python3
"""What does a peer of 2,000 series cost? Prints the figures; exit code 1 if it slows scrapes.

    python3 peer_poll.py [--seconds 30] [--scrapes 80000] [--pairs 5] [--limit 1.2]

Two exporters serve the same 2,000 series. One polls its peer every second, the other did so once.
First the CPU time of the polling exporter is measured without scrapes; then both are
scraped in turns, over one connection at a time, and the 99th percentiles are compared.
"""

import argparse
import contextlib
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

from bench import cpu_seconds, polls
from harness import Exporter, StatsSocket, says
from outage import p99


def document():
    """2,000 gauges in 20 families, each with two labels."""
    return json.dumps({"metrics": [
        {"name": f"stage_{number % 20:02}_seconds", "type": "gauge", "help": "A gauge.",
         "labels": {"step": str(number // 20), "worker": f"worker-{number % 7}.example.org"},
         "value": number * 0.125}
        for number in range(2000)]})


def start(stack, peer, interval):
    exporter = Exporter("--ipfs.api=none", f"--peer.stats={peer.address}",
                        f"--peer.interval={interval}")
    stack.callback(exporter.close)
    exporter.wait_poll("peer.stats", result="ok")
    names = exporter.page().names("peer_stage_")
    if len(names) != 20:
        raise RuntimeError(f"only {len(names)} families")
    return exporter


def cpu_share(exporter, seconds):
    """CPU time as a share of the time, and the duration of the polls."""
    began, before = time.monotonic(), cpu_seconds(exporter)
    at = len(exporter.log)
    took = []
    while time.monotonic() - began < seconds:
        poll = exporter.wait_poll("peer.stats", at, result="ok")
        took.append(float(poll["duration"]))
        at = poll["at"]
    share = (cpu_seconds(exporter) - before) / (time.monotonic() - began)
    return share, statistics.median(took)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--scrapes", type=int, default=80000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=1.2)
    args = parser.parse_args()
    ratios = []
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        peer = stack.enter_context(StatsSocket(folder / "stats.sock", says(document())))
        exporters = [start(stack, peer, interval) for interval in ("1h", "1s")]
        share, took = cpu_share(exporters[1], args.seconds)
        print(f"load average {os.getloadavg()[0]:.2f}; polled every second: "
              f"{share:.2%} of a processor, {took * 1000:.1f} ms a poll", flush=True)
        for pair in range(1, args.pairs + 1):
            # Alternate the order, so that it does not affect the result.
            turns = exporters if pair % 2 else exporters[::-1]
            results = {turn: p99(turn, args.scrapes) for turn in turns}
            (base, base_size), (polled, polled_size) = (results[e] for e in exporters)
            ratios.append(polled / base)
            print(f"pair {pair}: p99 polled once {base:.3f} ms ({base_size} bytes), "
                  f"every second {polled:.3f} ms ({polled_size} bytes), ratio {ratios[-1]:.2f}",
                  flush=True)
        counted = polls(exporters[1].get("/metrics")[2])
    median = statistics.median(ratios)
    print(f"median ratio {median:.2f}, limit {args.limit}; {counted} polls; "
          f"load average {os.getloadavg()[0]:.2f}")
    return median > args.limit


if __name__ == "__main__":
    sys.exit(main())
