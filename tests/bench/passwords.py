#!/usr/bin/env python3
"""Do wrong passwords make scrapes slower? Prints the figures; exit code 1 if they do.

    python3 passwords.py [--scrapes 5000] [--pairs 5] [--limit 2]

One client sends wrong passwords of cost 10, 20 a second, from 127.0.0.2. Another scrapes with the
right password from 127.0.0.1, over one connection; its 99th percentile is compared with the one
without the flood. Then right passwords that are not remembered are sent during the flood.
"""

import argparse
import base64
import collections
import contextlib
import http.client
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from bench import Server
from harness import BINARY

# Of "right".
HASH = "$2y$10$abcdefghijklmnopqrstuu1VS0P7v3ZJmd2gzBFIzgfN7OOl6Rl52"
RATE = 20


def ask(connection, password):
    """The status and the seconds that it took."""
    header = "Basic " + base64.b64encode(f"alice:{password}".encode()).decode()
    began = time.perf_counter()
    connection.request("GET", "/metrics", headers={"Authorization": header})
    response = connection.getresponse()
    response.read()
    return response.status, time.perf_counter() - began


def p99(address, scrapes):
    """The 99th percentile in milliseconds."""
    times = []
    with contextlib.closing(http.client.HTTPConnection(address)) as connection:
        for _ in range(scrapes):
            status, took = ask(connection, "right")
            assert status == 200, status
            times.append(took)
    return statistics.quantiles(times, n=100)[98] * 1000


class Flood(contextlib.AbstractContextManager):
    """Wrong passwords at a fixed rate, from another process: threads of this one would delay what
    it measures."""

    def __init__(self, address):
        self.statuses = ""
        self._process = subprocess.Popen([sys.executable, __file__, f"--flood={address}"],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._process.stdout.readline()  # the first answer

    def __exit__(self, *_):
        self.statuses = self._process.communicate()[0].strip()


def flood(address):
    """Sends wrong passwords, each on a connection of its own, until the input ends."""
    statuses = collections.Counter()

    def send(number):
        connection = http.client.HTTPConnection(address, source_address=("127.0.0.2", 0))
        with contextlib.closing(connection):
            statuses[ask(connection, f"wrong-{number}")[0]] += 1

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set())).start()
    send(0)
    print("begun", flush=True)
    due = time.perf_counter()
    threads = []
    while not ended.wait(max(0, due - time.perf_counter())):
        threads.append(threading.Thread(target=send, args=[len(threads) + 1]))
        threads[-1].start()
        due += 1 / RATE
    for thread in threads:
        thread.join()
    print(dict(statuses))


def first_answer(file, address):
    """The seconds until a right password is let in that the exporter does not remember."""
    text = file.read_text()
    file.write_text(text.replace("alice", "carol"))  # forgets what was right
    with contextlib.closing(http.client.HTTPConnection(address)) as connection:
        ask(connection, "right")
        file.write_text(text)
        status, took = ask(connection, "right")
    assert status == 200, status
    return took


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scrapes", type=int, default=5000)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=2)
    parser.add_argument("--flood", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.flood:
        flood(args.flood)
        return
    ratios, firsts = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "web.yml"
        file.write_text(f"basic_auth_users: {{alice: {HASH}}}\n")
        with Server([BINARY, "--ipfs.api=none", "--peer.stats=unix:/nonexistent/stats.sock",
                     "--web.listen-address=127.0.0.1:0",
                     f"--web.config.file={file}"]) as exporter:
            for _ in range(args.pairs):
                idle = p99(exporter.address, args.scrapes)
                with Flood(exporter.address) as wrong:
                    busy = p99(exporter.address, args.scrapes)
                    firsts += [first_answer(file, exporter.address) for _ in range(5)]
                ratios.append(busy / idle)
                print(f"p99 {idle:.2f} ms, with wrong passwords {busy:.2f} ms: "
                      f"{ratios[-1]:.2f} times; answers to these: {wrong.statuses}")
    ratio, first = statistics.median(ratios), max(firsts)
    print(f"median {ratio:.2f} times; a password that is not remembered: at most {first:.2f} s")
    sys.exit(ratio > args.limit or first > 2)


if __name__ == "__main__":
    main()
