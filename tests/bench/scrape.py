#!/usr/bin/env python3
"""What does a scrape of 1,000 series cost? Prints tables; exit code 1 if a target is missed.

    python3 scrape.py [--rounds 5] [--seconds 3] [--gzip]

The exporter, whose peer has 1,000 series, against the same series in prometheus-cpp's Exposer
and in client_golang, and against nginx, which serves the exporter's page as a file. wrk loads
one after the other over one persistent connection; the order changes each round.
"""

import argparse
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from bench import Server, cpu_seconds, fetch, polls
from harness import BINARY
from scraping import GZIP, load, ratio, series, start_exporter, start_nginx

HERE = pathlib.Path(__file__).parent
EXPOSER = os.environ.get(
    "EXPOSER", pathlib.Path(BINARY).parent / "tests" / "bench" / "bench_exposer")

MAX_CPU = 1 / 10  # of Exposer and of client_golang
MIN_RATE = 0.9    # of nginx


def as_lines():
    """The input of the other programs."""
    return "".join(" ".join(map(str, one)) + "\n" for one in series()) + "\n"


def check_page(server, page):
    """Checks that every server serves all series."""
    lines = set(page.splitlines())
    for name, step, worker, value in series():
        line = f'{name}{{step="{step}",worker="{worker}"}} {value:g}'
        if line not in lines:
            raise RuntimeError(f"{server} does not serve {line}")


def start_client_golang(stack):
    program = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server"
    subprocess.run(["go", "build", "-o", program, "."], cwd=HERE / "client_golang", check=True)
    return stack.enter_context(Server([program], said=as_lines()))


def measure(servers, rounds, seconds, headers):
    """{name: [(CPU, rate) of each round]}."""
    results = {name: [] for name in servers}
    for number in range(rounds):
        for name in list(servers)[::-1 if number % 2 else 1]:
            results[name].append(load(servers[name], seconds, headers))
    return results


def print_table(results, sizes):
    print("| server | bytes | CPU per scrape, µs | requests/s | CPU, ours = 1 | "
          "requests/s, nginx = 1 |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, rounds in results.items():
        cpu, rate = (statistics.median(column) for column in zip(*rounds))
        print(f"| {name} | {sizes[name]} | {cpu:.1f} | {rate:.0f} | "
              f"{ratio(results, 0, name, 'ours'):.2f} | "
              f"{ratio(results, 1, name, 'nginx'):.2f} |")


def check_aims(results):
    """Prints the result for each target; returns whether all are met."""
    aims = [(f"CPU of {other}", ratio(results, 0, "ours", other), "<=", MAX_CPU)
            for other in ("Exposer", "client_golang")]
    aims.append(("requests/s of nginx", ratio(results, 1, "ours", "nginx"), ">=", MIN_RATE))
    met = [value <= aim if sign == "<=" else value >= aim for _, value, sign, aim in aims]
    for (what, value, sign, aim), is_met in zip(aims, met):
        print(f"- {what}: {value:.3f}, aim {sign} {aim:.3f}: {'met' if is_met else 'MISSED'}")
    return all(met)


def poll_and_scrape(headers, times=300, pace=0.01):
    """CPU microseconds of one poll of all series and one scrape of the result.

    The other programs have no poll: their instrumentation is in the watched program.
    """
    with contextlib.ExitStack() as stack:
        ours = start_exporter(stack, f"--peer.interval={pace * 1000:.0f}ms")
        before, began = polls(fetch(ours.address).decode()), cpu_seconds(ours)
        for _ in range(times):
            fetch(ours.address, headers=headers)
            time.sleep(pace)
        done = polls(fetch(ours.address).decode()) - before
        return (cpu_seconds(ours) - began) / done * 1e6, times / done


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each round and server")
    parser.add_argument("--gzip", action="store_true", help="ask for gzip, as Prometheus does")
    args = parser.parse_args()
    headers = GZIP if args.gzip else {}
    with contextlib.ExitStack() as stack:
        ours = start_exporter(stack, "--web.disable-exporter-metrics")
        servers = {
            "ours": ours,
            "nginx": start_nginx(stack, ours),
            "Exposer": stack.enter_context(Server([EXPOSER], said=as_lines())),
            "client_golang": start_client_golang(stack),
        }
        for name, server in servers.items():
            check_page(name, fetch(server.address).decode())
        sizes = {name: len(fetch(server.address, headers=headers))
                 for name, server in servers.items()}
        results = measure(servers, args.rounds, args.seconds, headers)
    print_table(results, sizes)
    print()
    met = check_aims(results)
    cpu, scrapes = poll_and_scrape(headers)
    print(f"- CPU of a poll of these series with {scrapes:.2f} scrapes of its page: {cpu:.0f} µs")
    return not met


if __name__ == "__main__":
    sys.exit(main())
