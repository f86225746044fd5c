#!/usr/bin/env python3
"""What does a reload every second do under load? Prints the figures; exit code 1 for a fault.

    python3 reload.py [--seconds 300] [--pace 1] [--max-growth 1024]

A daemon and two peers are polled, wrk scrapes over 8 connections, and the configuration file is
replaced and reloaded by SIGHUP: other intervals, collectors and limits, a third peer that comes and
goes, and files that are refused. No counter of what stays may fall, no scrape may fail, and the
memory may not grow by more kB from the first quarter to the end.
"""

import argparse
import collections
import contextlib
import itertools
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

from bench import Connection
from harness import Exporter, FakeDaemon, StatsSocket, recording, says
from soak import most_held

RELOADED, REFUSED = "configuration reloaded", "configuration not reloaded"
COUNTER = re.compile(r"^(\w+_(?:total|count|bucket)(?:\{.*\})?) (\S+)$", re.MULTILINE)
THIRD = '"peer.third"', 'peer="third"'  # its counters go with it
# A collector that some of the files turn on; without them it is gone, with its counters.
SOME = 'collector="ipfs.agents"', "ipfs_agents"


def documents(first, second, third):
    """(text, expected message) without end: every third file is refused."""
    base = f"peer.stats: [{first}, {second}]\n"
    good = [base + "peer.interval: 100ms\n", base + "peer.interval: 10s\n",
            base + "collector.ipfs.health: 1s\npeer.max-series: 100\n",
            base + "collector.ipfs.agents: 1s\n", base + "ipfs.timeout: 3s\nlog.level: info\n",
            f"peer.stats: [{second}, {third}, {first}]\n", base]
    bad = [base + "peer.interval: soon\n", base + "no.such.key: 1\n", "peer.stats: [\n",
           base + "log.format: json\n", "peer.mapping: /does/not/exist\n" + base]
    for number, (well, ill) in enumerate(zip(itertools.cycle(good), itertools.cycle(bad))):
        yield (well, RELOADED) if number % 3 else (ill, REFUSED)


def counters(page):
    return {series: float(value) for series, value in COUNTER.findall(page)
            if not any(part in series for part in (*THIRD, *SOME))}


def peers(stack, folder):
    """The peers' values of peer.stats."""
    for name in ("first", "second", "third"):
        stack.enter_context(StatsSocket(folder / f"{name}.sock", says('{"rounds_total": 3}')))
        yield f"{name}=unix:{folder}/{name}.sock"


def start(stack, folder, config, text):
    daemon = stack.enter_context(FakeDaemon(recording("v0.42.0/online")))
    config.write_text(text)
    exporter = Exporter(f"--config.file={config}", f"--ipfs.api={daemon.url}", log_level="info")
    stack.callback(exporter.close)
    return exporter


def load(address, seconds):
    return subprocess.Popen(
        ["wrk", "-t1", "-c8", f"-d{seconds}s", f"http://{address}/metrics"],
        stdout=subprocess.PIPE, text=True)


def reload_once(exporter, config, text, message, at):
    """Replaces the file and waits for the outcome; the place of its line."""
    new = config.with_suffix(".new")
    new.write_text(text)
    new.rename(config)
    os.kill(exporter.pid, signal.SIGHUP)
    return exporter.wait_log({"msg": message}, at)["at"]


def run(exporter, config, following, args):
    """Reloads and scrapes; the number of outcomes and the series that fell."""
    outcomes, fell, last, at = collections.Counter(), set(), {}, 0
    held = []
    end = time.monotonic() + args.seconds
    with contextlib.closing(Connection(exporter.address)) as connection:
        while (began := time.monotonic()) < end:
            text, message = next(following)
            at = reload_once(exporter, config, text, message, at)
            outcomes[message] += 1
            while True:
                now = counters(bytes(connection.get()).decode())
                fell |= {series for series, value in last.items() if now.get(series, -1) < value}
                last = now
                if time.monotonic() > began + args.pace:
                    break
                time.sleep(0.02)
            if not held and time.monotonic() > end - args.seconds * 0.75:
                held.append(most_held(exporter.pid, 20))
    return outcomes, fell, [*held, most_held(exporter.pid, 20)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--pace", type=float, default=1)
    parser.add_argument("--max-growth", type=int, default=1024, help="of memory, in kB")
    args = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        config = folder / "exporter.yml"
        first, second, third = peers(stack, folder)
        following = documents(first, second, third)
        exporter = start(stack, folder, config, f"peer.stats: [{first}, {second}]\n")
        wrk = load(exporter.address, args.seconds)
        outcomes, fell, held = run(exporter, config, following, args)
        report = wrk.communicate()[0]
    growth = held[-1]["VmRSS"] - held[0]["VmRSS"]
    failed = "errors" in report or "Non-2xx" in report
    print(re.search(r"\d+ requests in .*", report)[0])
    print(f"reloads: {dict(outcomes)}; held after a quarter and at the end: {held}")
    print(f"counters that fell: {sorted(fell) or 'none'}")
    print(f"scrapes failed: {report if failed else 'none'}")
    print(f"memory: {growth} kB more, limit {args.max_growth}")
    return bool(fell or failed or growth > args.max_growth)


if __name__ == "__main__":
    sys.exit(main())
