#!/usr/bin/env python3
"""Are pages served as fast as nginx serves files? Prints a table; exit code 1 if they are not.

    python3 static_files.py [--rounds 10] [--seconds 1] [--series 1000 10000]

nginx serves the exporter's pages as files, gzip as well. wrk loads one after the other over one
persistent connection; the order changes each round. Over TLS both use the same cipher. The
requests/s are compared by the best rounds, CPU by the median of the ratios.
"""

import argparse
import contextlib
import pathlib
import sys
import tempfile

from bench import fetch, trusting
from scraping import (
    FILES, best_rates, load, negotiated, ratio, start_exporter, start_nginx, web_config)

# Name: (file of nginx, with TLS, requests/s of nginx at least)
CASES = {
    "plain": ("metrics", False, 1.0),
    "gzip": ("metrics.gz", False, 1.0),
    "OpenMetrics": ("open", False, 1.0),
    "OpenMetrics, gzip": ("open.gz", False, 1.0),
    "TLS": ("metrics", True, 0.8),
    "TLS, gzip": ("metrics.gz", True, 0.8),
}


def start(stack, count, with_tls):
    """The exporter and nginx, and the client's TLS."""
    tls, flags = None, []
    if with_tls:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        tls, flags = trusting(), [f"--web.config.file={web_config(folder)}"]
    ours = start_exporter(
        stack, "--web.disable-exporter-metrics", "--peer.interval=1h", *flags, count=count,
        tls=tls)
    servers = {"ours": ours, "nginx": start_nginx(stack, ours, tls)}
    if tls:
        ciphers = {name: negotiated(server.address, tls) for name, server in servers.items()}
        print(f"ciphers: {ciphers}")
        if len({*ciphers.values()}) > 1:
            raise RuntimeError("different ciphers")
    return servers, tls


def measure(servers, tls, file, args):
    """{server: [(CPU, requests/s) of each round]} and the number of bytes."""
    headers = FILES[file]
    paths = {"ours": "/metrics", "nginx": "/" + file.removesuffix(".gz")}
    bodies = {fetch(server.address, paths[name], headers, tls)
              for name, server in servers.items()}
    if len(bodies) > 1:
        raise RuntimeError("different bytes")
    results = {name: [] for name in servers}
    for number in range(args.rounds):
        for name in list(servers)[::-1 if number % 2 else 1]:
            results[name].append(load(servers[name], args.seconds, headers, paths[name],
                                      "https" if tls else "http"))
    return results, len(bodies.pop())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=1, help="of each round and server")
    parser.add_argument("--series", type=int, nargs="+", default=[1000, 10000])
    parser.add_argument("--without-tls", action="store_true")
    args = parser.parse_args()
    rows, met = [], True
    for count in args.series:
        for with_tls in (False, True)[:1 if args.without_tls else 2]:
            with contextlib.ExitStack() as stack:
                servers, tls = start(stack, count, with_tls)
                for name, (file, needs_tls, least) in CASES.items():
                    if needs_tls == with_tls:
                        results, size = measure(servers, tls, file, args)
                        rows.append((count, name, size, results, least))
    print("| series | page | bytes | CPU of nginx | requests/s of nginx | at least | |")
    print("|--:|---|--:|--:|--:|--:|---|")
    for count, name, size, results, least in rows:
        rate = best_rates(results, "ours", "nginx")
        met = met and rate >= least
        print(f"| {count} | {name} | {size} | {ratio(results, 0, 'ours', 'nginx'):.2f} | "
              f"{rate:.2f} | {least} | {'met' if rate >= least else 'MISSED'} |")
    return not met


if __name__ == "__main__":
    sys.exit(main())
