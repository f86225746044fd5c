"""What the dashboards look at, on loopback: peers with their sidecars, a kubelet, a Prometheus.

The series carry the labels that they have in a cluster.
"""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile

from dashboards_kubelet import PAGES, Kubelet
from dashboards_metrics import KEPT, NATIVE, REPOSITORY, TESTS, samples

sys.path.insert(0, str(TESTS / "integration"))

from harness import Exporter, FakeDaemon, recording  # noqa: E402
from cells import built_in, flags  # noqa: E402
from prometheus_server import Prometheus  # noqa: E402

DAEMON = "v0.44.0-dev/online"
PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"
JOBS = {"ipfs": "/metrics/ipfs", "peer": "/metrics/peer", "ipfs-native": "/metrics/native"}
# Counters of the daemon's answers.
GROWING = re.compile(
    r'"(Total(?:In|Out)|(?:Blocks|Data|DupBlks|DupData|Messages)(?:Received|Sent)|'
    r'keys_provided|records_provided)":(\d+)')
COUNTER = re.compile(r"^# TYPE (\S+) (counter|histogram)$", re.MULTILINE)
SAMPLE = re.compile(r"^([\w:]+)(\{.*\})? (\S+)$", re.MULTILINE)


def recorded():
    """The newest daemon, with the page of the newest one that has its page recorded."""
    return recording(DAEMON) + [call for call in recording(NATIVE)
                                if call["path"] == "/debug/metrics/prometheus"]


def grown(calls, percent):
    """The same answers when every counter in them has grown by so much."""
    def body(call):
        if call["path"] == "/debug/metrics/prometheus":
            return grown_page(call["body"], percent)
        return GROWING.sub(
            lambda found: f'"{found[1]}":{int(found[2]) * (100 + percent) // 100}', call["body"])

    return [call | {"body": body(call)} for call in calls]


def grown_page(page, percent):
    counters = samples(dict(COUNTER.findall(page)))

    def sample(found):
        name, labels, value = found.groups()
        if not name.startswith(KEPT) or name not in counters:
            return found[0]
        return f"{name}{labels or ''} {float(value) * (1 + percent / 100)}"

    return SAMPLE.sub(sample, page)


@contextlib.contextmanager
def live(**options):
    """Starts all of it and ends it with the context."""
    with contextlib.ExitStack() as stack:
        yield Live(stack, **options)


class Live:
    """What runs; the stack ends it."""

    def __init__(self, stack, peers=2, round_seconds=0.5):
        self._stack = stack
        self._folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._daemons = []
        kubelet = stack.enter_context(Kubelet())
        exporters = [self._start_peer(f"peer-{number}", round_seconds)
                     for number in range(peers)]
        for exporter in exporters:
            for name in (*(f"ipfs.{name}" for name in built_in()), "peer.stats"):
                exporter.wait_poll(name, result="ok")
        configs = [self._scrape(job, path, exporters) for job, path in JOBS.items()]
        configs += [self._scrape_kubelet(path, kubelet) for path in PAGES]
        self.prometheus = Prometheus(self._folder, configs)
        self._stack.callback(self.prometheus.close)

    def grow(self, percent):
        """From now on the daemons' counters are this much above what was recorded."""
        for daemon in self._daemons:
            daemon.become(grown(recorded(), percent))

    def _start_peer(self, name, round_seconds):
        daemon = self._stack.enter_context(FakeDaemon(recorded()))
        self._daemons.append(daemon)
        path = self._folder / f"{name}.sock"
        peer = subprocess.Popen(
            [sys.executable, PEER, "--name", name, "--stats", f"unix:{path}", "--ttl", "600",
             "--interval", str(round_seconds), "--ipfs-api", "none"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._stack.callback(peer.wait)
        self._stack.callback(peer.kill)
        exporter = Exporter(
            f"--ipfs.api={daemon.url}", f"--peer.stats=unix:{path}", "--peer.interval=500ms",
            *flags(built_in(), **dict.fromkeys(built_in(), "1s")))
        self._stack.callback(exporter.close)
        return exporter

    @staticmethod
    def _scrape(job, path, exporters):
        return {"job_name": job, "scrape_interval": "1s", "metrics_path": path,
                "static_configs": [
                    {"targets": [exporter.address],
                     "labels": {"namespace": "peers", "pod": f"peer-{number}",
                                "instance": f"peer-{number}", "node": "node-a"}}
                    for number, exporter in enumerate(exporters)]}

    @staticmethod
    def _scrape_kubelet(path, kubelet):
        return {"job_name": f"kubernetes{path.replace('/', '-')}", "scrape_interval": "1s",
                "metrics_path": path, "honor_labels": True, "static_configs": [
                    {"targets": [kubelet.address],
                     "labels": {"job": "kubernetes", "instance": "node-a", "node": "node-a",
                                "metrics_path": path}}]}
