"""Runs two learning peers, each with an exporter beside it, for ./run.

Everything runs on loopback as a child of this process, logs to a temporary
directory, and stops with this process.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

import kubo

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXPORTER = os.environ.get("EXPORTER", ROOT / "build/release/ipfs_peer_exporter")
PEER = ROOT / "examples/learning-peer/peer.py"
FAKE_DAEMON = ROOT / "tests/fake_daemon.py"
JS_IPFS = ROOT / "build/js-ipfs/daemon.cjs"
RECORDING = "v0.42.0/online"
EXPORTER_PORT = 10055
PROMETHEUS_PORT = 9090
START_TIMEOUT = 60
ENDINGS = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
SAMPLE = (
    "ipfs_up",
    "ipfs_daemon_info",
    "ipfs_swarm_peers",
    "ipfs_bandwidth_received_bytes_total",
    "ipfs_repo_size_bytes",
    "peer_up",
    "peer_trainings_total",
    "peer_model_accuracy_ratio",
    "peer_models_received_total",
)


def say(text):
    print(text, flush=True)


class Child:
    """A process of the demo. `ready` becomes the match of the first line that reports readiness."""

    def __init__(self, directory, name, command, ready):
        self.name = name
        self.log = directory / f"{name}.log"
        self.ready = concurrent.futures.Future()
        self.stopping = False
        # A new session, so that Ctrl-C reaches only this process; setpriv, so that the
        # child ends even if this process is killed.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, args=(re.compile(ready),))
        self.reader.start()

    def _read(self, ready):
        with self.process.stdout, open(self.log, "w", buffering=1) as log:
            for line in self.process.stdout:
                log.write(line)
                if not self.ready.done() and (match := ready.search(line)):
                    self.ready.set_result(match)
        code = self.process.wait()
        if not self.ready.done():
            tail = "".join(self.log.read_text().splitlines(True)[-10:])
            self.ready.set_exception(
                ChildProcessError(f"{self.name} did not start (exit code {code}):\n{tail}")
            )
        elif not self.stopping:
            say(f"{self.name} stopped unexpectedly (exit code {code}); its log: {self.log}")

    def wait_ready(self):
        return self.ready.result(START_TIMEOUT)

    def stop(self):
        self.stopping = True
        self.process.terminate()

    def wait_stopped(self):
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.reader.join()


class Demo:
    def __init__(self, directory):
        self.directory = directory
        self.children = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            child.stop()
        for child in reversed(self.children):
            child.wait_stopped()

    def start(self, name, command, ready):
        child = Child(self.directory, name, command, ready)
        self.children.append(child)
        return child

    def start_fake_daemon(self):
        command = [sys.executable, FAKE_DAEMON, "--recorded", RECORDING, "--listen", "127.0.0.1:0"]
        return self.start("fake-daemon", command, r"^listening (\S+)").wait_ready()[1]

    def start_js_ipfs(self):
        """Starts two connected nodes; returns the addresses of their RPC APIs."""
        nodes = [
            self.start(
                f"ipfs-{name}",
                ["node", JS_IPFS, "--repo", self.directory / f"ipfs-{name}"],
                r"^\{.*\}$",
            )
            for name in "ab"
        ]
        a, b = (json.loads(node.wait_ready()[0]) for node in nodes)
        connect(b["api"], a["swarm"])
        return a["api"], b["api"]

    def start_kubo(self, binary):
        """Starts two connected daemons; returns the addresses of their RPC APIs."""
        repositories = [self.directory / f"ipfs-{name}" for name in "ab"]
        for folder in repositories:
            kubo.make_repository(binary, folder)
            command = ["env", f"IPFS_PATH={folder}", "IPFS_TELEMETRY=off", binary, "daemon"]
            self.start(folder.name, command, "^Daemon is ready").wait_ready()
        a, b = map(kubo.url, repositories)
        connect(b, json.loads(fetch(f"{a}/api/v0/id", b""))["Addresses"][0])
        return a, b

    def start_peer(self, name, daemon, neighbours):
        """Starts a peer; returns its URL for other peers, and the URL of its stats."""
        stats = f"unix:{self.directory}/peer-{name}.sock"
        command = [sys.executable, PEER, "--name", name, "--ipfs-api", daemon, "--stats", stats]
        command += ["--listen", "127.0.0.1:0"]
        for url in neighbours:
            command += ["--neighbour", url]
        ready = self.start(f"peer-{name}", command, r"^listening port=(\d+)").wait_ready()
        return f"http://127.0.0.1:{ready[1]}", stats

    def start_exporter(self, name, port, daemon, stats):
        address = f"127.0.0.1:{port}"
        command = [EXPORTER, f"--ipfs.api={daemon}", f"--peer.stats={stats}"]
        command += ["--peer.interval=3s", f"--web.listen-address={address}"]
        self.start(f"exporter-{name}", command, 'msg="?listening').wait_ready()
        return address

    def start_prometheus(self, binary, targets):
        port = free_port(PROMETHEUS_PORT)
        config = self.directory / "prometheus.yml"
        config.write_text(prometheus_config(targets))
        command = [binary, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
        command += [f"--storage.tsdb.path={self.directory}/prometheus"]
        assets = pathlib.Path(binary).parents[1] / "share/prometheus/web"
        if assets.is_dir():  # Debian's package, unpacked anywhere
            command += [f"--web.local-assets={assets}/"]
        self.start("prometheus", command, "Server is ready").wait_ready()
        return f"http://127.0.0.1:{port}"


def prometheus_config(targets):
    """One job for each source, so that nothing is stored twice. JSON is valid YAML."""
    jobs = [
        {
            "job_name": source,
            "metrics_path": f"/metrics/{source}",
            "static_configs": [{"targets": targets}],
        }
        for source in ("ipfs", "peer")
    ]
    return json.dumps({"global": {"scrape_interval": "5s"}, "scrape_configs": jobs})


def free_port(wanted):
    for port in range(wanted, 65536):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            if port != wanted:
                say(f"port {wanted} is in use; using {port}")
            return port
    raise OSError(f"no free port from {wanted} to 65535")


def fetch(url, body=None):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, body, timeout=START_TIMEOUT) as reply:
        return reply.read().decode()


def connect(api, address):
    fetch(f"{api}/api/v0/swarm/connect?{urllib.parse.urlencode({'arg': address})}", b"")


def sample(url):
    """Returns the lines in SAMPLE once all are on the page, or those present after 5 s."""
    deadline = time.monotonic() + 5
    while True:
        lines = [
            line
            for line in fetch(url).splitlines()
            if re.split("[{ ]", line, maxsplit=1)[0] in SAMPLE
        ]
        if len(lines) >= len(SAMPLE) or time.monotonic() > deadline:
            return lines
        time.sleep(0.1)


def run(demo, args):
    if args.recorded:
        daemons, source = [demo.start_fake_daemon()] * 2, f"recorded answers of Kubo {RECORDING}"
    elif args.ipfs_api:
        daemons = [args.ipfs_api] * 2
        source = f"your daemon at {args.ipfs_api}; the peers add models to it and unpin them later"
    else:
        daemons = demo.start_kubo(args.kubo) if args.kubo else demo.start_js_ipfs()
        source = f"two temporary IPFS nodes at {daemons[0]} and {daemons[1]}"
    say(f"IPFS        {source}")

    ipfs_of_peers = ["none"] * 2 if args.recorded else daemons
    url_a, stats_a = demo.start_peer("a", ipfs_of_peers[0], [])
    url_b, stats_b = demo.start_peer("b", ipfs_of_peers[1], [url_a])
    say(f"peer a      {url_a}/stats and {stats_a}")
    say(f"peer b      {url_b}/stats and {stats_b}")

    port_a = free_port(EXPORTER_PORT)
    exporter_a = demo.start_exporter("a", port_a, daemons[0], stats_a)
    exporter_b = demo.start_exporter("b", free_port(port_a + 1), daemons[1], stats_b)
    for name, address in ("a", exporter_a), ("b", exporter_b):
        say(f"exporter {name}  http://{address}/ and http://{address}/metrics")
    if args.prometheus:
        say(f"Prometheus  {demo.start_prometheus(args.prometheus, [exporter_a, exporter_b])}/")
    say(f"logs        {demo.directory}")

    say(f"\nfrom http://{exporter_a}/metrics:")
    for line in sample(f"http://{exporter_a}/metrics"):
        say(f"  {line}")
    ending = f"Stops in {args.seconds:g} s or on Ctrl-C" if args.seconds else "Ctrl-C stops it"
    say(f"\nEverything is running. {ending}.")
    threading.Event().wait(args.seconds)


def end(*_):
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)  # so that no signal interrupts the clean-up
    sys.exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ipfs-api", metavar="ADDR", help="address of a running daemon")
    parser.add_argument("--kubo", metavar="FILE", help="Kubo to start two nodes with")
    parser.add_argument("--recorded", action="store_true", help="replay recorded answers")
    parser.add_argument("--prometheus", metavar="FILE", help="Prometheus to scrape with")
    parser.add_argument(
        "--for", dest="seconds", type=float, metavar="SECONDS", help="stop after SECONDS"
    )
    args = parser.parse_args()
    for number in ENDINGS:
        signal.signal(number, end)
    with tempfile.TemporaryDirectory(prefix="ipfs-peer-exporter-") as directory:
        with Demo(pathlib.Path(directory)) as demo:
            try:
                run(demo, args)
            except (OSError, concurrent.futures.TimeoutError) as error:
                sys.exit(f"run: {error or 'not ready in time'}")


if __name__ == "__main__":
    main()
