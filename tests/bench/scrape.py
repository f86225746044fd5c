#!/usr/bin/env python3
"""What does a scrape of 1,000 series cost? Prints tables; exit code 1 if a target is missed.

    python3 scrape.py [--rounds 5] [--seconds 3] [--gzip]

The exporter, whose peer has 1,000 series, against the same series in prometheus-cpp's Exposer
and in client_golang, and against nginx, which serves the exporter's page as a file. wrk loads
one after the other over one persistent connection; the order changes each round.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from bench import Server, cpu_seconds, polls
from harness import BINARY, PATIENCE, Exporter, StatsSocket, says

HERE = pathlib.Path(__file__).parent
EXPOSER = os.environ.get(
    "EXPOSER", pathlib.Path(BINARY).parent / "tests" / "bench" / "bench_exposer")

MAX_CPU = 1 / 10  # of Exposer and of client_golang
MIN_RATE = 0.9    # of nginx

GZIP = [("Accept-Encoding", "gzip")]

NGINX = """
daemon off;
worker_processes 1;
error_log stderr error;
pid {folder}/pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  fastcgi_temp_path {folder}/fastcgi;
  proxy_temp_path {folder}/proxy;
  scgi_temp_path {folder}/scgi;
  uwsgi_temp_path {folder}/uwsgi;
  default_type "text/plain; version=0.0.4; charset=utf-8";
  keepalive_requests 1000000000;
  open_file_cache max=10;
  sendfile on;
  tcp_nopush on;
  gzip_static on;
  server {{
    listen {address};
    root {folder};
  }}
}}
"""


def series():
    """(name, step, worker, value) of 1,000 gauges in 20 families."""
    for number in range(1000):
        yield (f"peer_stage_{number % 20:02}_seconds", str(number // 20),
               f"worker-{number % 7}.example.org", number * 0.125)


def as_stats():
    """The peer's document."""
    return json.dumps({"metrics": [
        {"name": name.removeprefix("peer_"), "type": "gauge", "help": "A gauge.",
         "labels": {"step": step, "worker": worker}, "value": value}
        for name, step, worker, value in series()]})


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


def get(address, headers=()):
    """The body of one page."""
    with contextlib.closing(http.client.HTTPConnection(address, timeout=10)) as connection:
        connection.request("GET", "/metrics", headers=dict(headers))
        return connection.getresponse().read()


def start_exporter(stack, *flags):
    """An exporter that serves its peer's series, without an access log."""
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    peer = stack.enter_context(StatsSocket(folder / "stats.sock", says(as_stats())))
    ours = Exporter("--ipfs.api=none", f"--peer.stats={peer.address}", *flags,
                    log_level="info")
    stack.callback(ours.close)
    deadline = time.monotonic() + PATIENCE
    while b"\npeer_stage_00_seconds" not in get(ours.address):
        if time.monotonic() > deadline:
            raise RuntimeError("the peer was not polled")
        time.sleep(0.05)
    return ours


def start_client_golang(stack):
    program = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory())) / "server"
    subprocess.run(["go", "build", "-o", program, "."], cwd=HERE / "client_golang", check=True)
    return stack.enter_context(Server([program], said=as_lines()))


def start_nginx(stack, ours):
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    folder.chmod(0o755)  # with root's nginx, the worker runs as another user
    (folder / "metrics").write_bytes(get(ours.address))
    (folder / "metrics.gz").write_bytes(get(ours.address, GZIP))
    # It inherits the listening socket, so that the port is free and it answers at once.
    listening = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
    address = "127.0.0.1:%d" % listening.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, address=address))
    return stack.enter_context(Server(
        ["nginx", "-c", folder / "nginx.conf", "-p", folder, "-e", "stderr"], address,
        env={"NGINX": f"{listening.fileno()};"}, pass_fds=[listening.fileno()]))


def load(server, seconds, headers):
    """CPU microseconds of the server per request, and requests per second."""
    options = [option for header in headers for option in ("-H", ": ".join(header))]
    began = cpu_seconds(server)
    report = subprocess.run(
        ["wrk", "-t1", "-c1", f"-d{seconds}s", *options, f"http://{server.address}/metrics"],
        capture_output=True, text=True, check=True).stdout
    cpu = cpu_seconds(server) - began
    if "errors" in report or "Non-2xx" in report:
        raise RuntimeError(report)
    requests = int(re.search(r"(\d+) requests in", report)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1])
    return cpu / requests * 1e6, rate


def measure(servers, rounds, seconds, headers):
    """{name: [(CPU, rate) of each round]}."""
    results = {name: [] for name in servers}
    for number in range(rounds):
        for name in list(servers)[::-1 if number % 2 else 1]:
            results[name].append(load(servers[name], seconds, headers))
    return results


def ratio(results, index, name, base):
    """Median of the ratios of the rounds."""
    return statistics.median(
        one[index] / other[index] for one, other in zip(results[name], results[base]))


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
        before, began = polls(get(ours.address).decode()), cpu_seconds(ours)
        for _ in range(times):
            get(ours.address, headers)
            time.sleep(pace)
        done = polls(get(ours.address).decode()) - before
        return (cpu_seconds(ours) - began) / done * 1e6, times / done


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of each round and server")
    parser.add_argument("--gzip", action="store_true", help="ask for gzip, as Prometheus does")
    args = parser.parse_args()
    headers = GZIP if args.gzip else []
    with contextlib.ExitStack() as stack:
        ours = start_exporter(stack, "--web.disable-exporter-metrics")
        servers = {
            "ours": ours,
            "nginx": start_nginx(stack, ours),
            "Exposer": stack.enter_context(Server([EXPOSER], said=as_lines())),
            "client_golang": start_client_golang(stack),
        }
        for name, server in servers.items():
            check_page(name, get(server.address).decode())
        sizes = {name: len(get(server.address, headers))
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
