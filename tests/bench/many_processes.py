#!/usr/bin/env python3
"""Does the cost of an exporter grow with their number? Exit code 1 if it does.

    python3 many_processes.py [--counts 10 50 100 200] [--seconds 120]

That many exporters with defaults poll one recorded daemon, and each is scraped every 15 s.
"""

import argparse
import contextlib
import os
import pathlib
import re
import statistics
import sys
import time

from bench import Server, cpu_ticks, fetch, quiet_exporter
from harness import TESTS

SCRAPE_INTERVAL = 15
GROWTH = 1.2  # of the mean of a process, from the first count to the last
COLUMNS = ("processes", "resident KiB", "anonymous KiB", "proportional KiB", "threads",
           "descriptors", "CPU ms/s", "polls/min")
COMPARED = ("anonymous KiB", "threads", "descriptors", "CPU ms/s")


def kib(pid, file, field):
    text = pathlib.Path(f"/proc/{pid}/{file}").read_text()
    return int(re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)[1])


def held(exporters):
    """The mean of each, of one process."""
    def mean(of_one):
        return round(statistics.mean(map(of_one, exporters)), 1)
    return {
        "resident KiB": mean(lambda one: kib(one.pid, "status", "VmRSS")),
        "anonymous KiB": mean(lambda one: kib(one.pid, "status", "RssAnon")),
        "proportional KiB": mean(lambda one: kib(one.pid, "smaps_rollup", "Pss")),
        "threads": mean(lambda one: kib(one.pid, "status", "Threads")),
        "descriptors": mean(lambda one: len(os.listdir(f"/proc/{one.pid}/fd")))}


def polls(exporters):
    text = "".join(fetch(one.address).decode() for one in exporters)
    return sum(map(int, re.findall(
        r"^ipfs_peer_exporter_collector_polls_total\{.*\} (\d+)$", text, re.MULTILINE)))


def ticks(exporters):
    return sum(cpu_ticks(one.pid) for one in exporters)


def scrape(exporters, seconds):
    """Scrapes each every 15 s, spread over that time; returns the time that it took."""
    began, number = time.monotonic(), 0
    pause = SCRAPE_INTERVAL / len(exporters)
    while (passed := time.monotonic() - began) < seconds:
        fetch(exporters[number % len(exporters)].address)
        number += 1
        time.sleep(max(number * pause - passed, 0))
    return passed


def row(count, seconds):
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(Server([
            sys.executable, TESTS / "fake_daemon.py", "--recorded", "v0.42.0/online",
            "--listen", "127.0.0.1:0"]))
        exporters = [quiet_exporter(stack, f"--ipfs.api=http://{daemon.address}",
                                    ready="^ipfs_up 1$") for _ in range(count)]
        scrape(exporters, 60)  # each collector has polled
        before, polled = ticks(exporters), polls(exporters)
        passed = scrape(exporters, seconds)
        used = (ticks(exporters) - before) / os.sysconf("SC_CLK_TCK")
        return {"processes": count, **held(exporters),
                "CPU ms/s": round(1000 * used / passed / count, 2),
                "polls/min": round((polls(exporters) - polled) / passed * 60 / count, 1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 50, 100, 200])
    parser.add_argument("--seconds", type=float, default=120)
    args = parser.parse_args()
    print("|", " | ".join(COLUMNS), "|")
    print("|--:" * len(COLUMNS) + "|")
    rows = []
    for count in args.counts:
        rows.append(row(count, args.seconds))
        print("|", " | ".join(str(rows[-1][name]) for name in COLUMNS), "|", flush=True)
    grows = [name for name in COMPARED if rows[-1][name] > GROWTH * rows[0][name]]
    print("grows with their number: " + ", ".join(grows) if grows else "does not grow")
    return bool(grows)


if __name__ == "__main__":
    sys.exit(main())
