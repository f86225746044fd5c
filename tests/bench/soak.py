#!/usr/bin/env python3
"""Does the exporter's memory grow? Prints its resources; exit code 1 if it does.

    python3 soak.py [--early 10000] [--late 100000] [--minutes 6]

A daemon and a peer are polled as fast as they answer, and a page is scraped every 50 ms.
"""

import argparse
import contextlib
import os
import pathlib
import re
import sys
import tempfile
import time

from bench import Connection, Server, polls
from harness import BINARY, COLLECTORS, FakeDaemon, StatsSocket, recording, says

MAX_GROWTH_KB = 1024
PACE = 0.05
FIELDS = ("VmRSS", "RssAnon", "Threads")


def start(stack):
    """An exporter that polls without pauses."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    peer = stack.enter_context(
        StatsSocket(folder / "stats.sock", says('{"tips": 3, "info": {"model": "m"}}')))
    daemon = stack.enter_context(FakeDaemon(recording("v0.42.0/online")))
    intervals = [f"--collector.ipfs.{name}=1ms" for name in COLLECTORS]
    # Log level info, which has no line per poll.
    return stack.enter_context(Server([
        BINARY, "--web.listen-address=127.0.0.1:0",
        f"--ipfs.api={daemon.url}", "--ipfs.budget=0", *intervals,
        f"--peer.stats={peer.address}", "--peer.interval=1ms"]))


def holds(pid):
    """Memory in kB, threads and open files."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    held = {field: int(re.search(rf"^{field}:\s+(\d+)", status, re.MULTILINE)[1])
            for field in FIELDS}
    return held | {"descriptors": len(os.listdir(f"/proc/{pid}/fd"))}


def most_held(pid, times=100):
    """The maximum of each within some seconds, because connections come and go with polls."""
    most = holds(pid)
    for _ in range(times):
        time.sleep(PACE)
        most = {what: max(value, most[what]) for what, value in holds(pid).items()}
    return most


def wait_for_polls(connection, wanted, deadline):
    """Scrapes until this many polls have ended; returns their number."""
    while (done := polls(bytes(connection.get()).decode())) < wanted:
        if time.monotonic() > deadline:
            raise TimeoutError(f"only {done} polls of {wanted}")
        time.sleep(PACE)
    return done


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--early", type=int, default=10_000)
    parser.add_argument("--late", type=int, default=100_000)
    parser.add_argument("--minutes", type=float, default=6, help="at the longest")
    args = parser.parse_args()
    deadline = time.monotonic() + args.minutes * 60
    reached, held = [], []
    with contextlib.ExitStack() as stack:
        ours = start(stack)
        connection = stack.enter_context(contextlib.closing(Connection(ours.address)))
        for wanted in (args.early, args.late):
            reached.append(wait_for_polls(connection, wanted, deadline))
            held.append(most_held(ours.pid))
    print("| polls |", " | ".join(held[0]), "|")
    print("|--:" * (len(held[0]) + 1) + "|")
    for count, values in zip(reached, held):
        print(f"| {count} |", " | ".join(map(str, values.values())), "|")
    early, late = held
    same = all(early[what] == late[what] for what in ("Threads", "descriptors"))
    grows = any(late[what] - early[what] >= MAX_GROWTH_KB for what in ("VmRSS", "RssAnon"))
    print("grows" if grows or not same else "does not grow")
    return grows or not same


if __name__ == "__main__":
    sys.exit(main())
