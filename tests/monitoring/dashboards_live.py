"""Data for the dashboards on loopback: peers with their sidecars, a kubelet, a Prometheus.

The series have the labels of a cluster. For people, the Prometheus scrapes; for tests, it gets
pages as if scraped at given times, so that no time has to pass.
"""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from dashboards_kubelet import PAGES, START, Kubelet
from dashboards_metrics import KEPT, NATIVE, REPOSITORY, TESTS, samples

sys.path.insert(0, str(TESTS / "integration"))

from harness import PATIENCE, PATIENT, Exporter, FakeDaemon, recording  # noqa: E402
from cells import built_in, flags  # noqa: E402
from prometheus_server import Prometheus  # noqa: E402

DAEMON = "v0.44.0-dev/online"
PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"
JOBS = {"ipfs": "/metrics/ipfs", "peer": "/metrics/peer", "ipfs-native": "/metrics/native"}
# Counters in the daemon's replies.
GROWING = re.compile(
    r'"(Total(?:In|Out)|(?:Blocks|Data|DupBlks|DupData|Messages)(?:Received|Sent)|'
    r'keys_provided|records_provided)":(\d+)')
COUNTER = re.compile(r"^# TYPE (\S+) (counter|histogram)$", re.MULTILINE)
SAMPLE = re.compile(r"^([\w:]+)(\{.*\})? (\S+)$", re.MULTILINE)
LABEL = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*")')


def recorded():
    """The newest daemon, with the newest recorded page of Kubo's own metrics."""
    return recording(DAEMON) + [call for call in recording(NATIVE)
                                if call["path"] == "/debug/metrics/prometheus"]


def grown(calls, percent):
    """The same replies with every counter increased by this share."""
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


def kubelet_labels(path):
    return {"job": "kubernetes", "instance": "node-a", "node": "node-a", "metrics_path": path}


def kubelet_pages(when):
    """[(labels, page)] of a kubelet at that time."""
    return [(kubelet_labels(path), "\n".join(page(when - START + 600)))
            for path, page in PAGES.items()]


def stored(page, labels):
    """The samples of a page with the labels of their target, and the samples of a scrape."""
    for name, own, value in SAMPLE.findall(page + "\nup 1\nscrape_duration_seconds 0.01\n"):
        # Labels of the sample take precedence, as with honor_labels; only the kubelet has some.
        every = {key: f'"{text}"' for key, text in labels.items()} | dict(LABEL.findall(own))
        yield f"{name}{{{','.join(f'{key}={text}' for key, text in every.items())}}} {value}"


@contextlib.contextmanager
def live(**options):
    """Starts everything and stops it with the context."""
    with contextlib.ExitStack() as stack:
        yield Live(stack, **options)


class Live:
    """The running programs; the stack stops them."""

    def __init__(self, stack, peers=2, round_seconds=0.5):
        self._stack = stack
        self._folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._daemons = []
        self._exporters = [self._start_peer(f"peer-{number}", round_seconds)
                           for number in range(peers)]
        for exporter in self._exporters:
            for name in (*(f"ipfs.{name}" for name in built_in()), "peer.stats"):
                exporter.wait_poll(name, result="ok")

    def scraping(self):
        """A Prometheus that scrapes everything."""
        kubelet = self._stack.enter_context(Kubelet())
        configs = [self._scrape(job, path) for job, path in JOBS.items()]
        configs += [self._scrape_kubelet(path, kubelet) for path in PAGES]
        return self._start_prometheus(configs)

    def remembering(self, steps, seconds):
        """A Prometheus with these pages, some seconds apart, and the time of the last one."""
        now = int(time.time())
        began = now - seconds * (len(steps) - 1)
        text = self._folder / "history"
        with text.open("w") as file:
            for number, step in enumerate(steps):
                when = began + seconds * number
                for labels, page in (*step, *kubelet_pages(when)):
                    file.writelines(f"{line} {when}\n" for line in stored(page, labels))
            file.write("# EOF\n")
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", text,
                        self._folder / "data"], check=True, capture_output=True)
        return self._start_prometheus(), now

    def grow(self, percent):
        """Increases the daemons' counters by this share of the recorded values."""
        for daemon in self._daemons:
            daemon.become(grown(recorded(), percent))

    def pages(self):
        """[(labels, page)] of all scrapes of the peers after each was polled again."""
        rounds = [self._rounds(exporter) for exporter in self._exporters]
        for exporter in self._exporters:
            began = len(exporter.log)
            for name in built_in():  # the first poll may have begun before
                once = exporter.wait_poll(f"ipfs.{name}", began, result="ok")
                exporter.wait_poll(f"ipfs.{name}", once["at"], result="ok")
        deadline = time.monotonic() + PATIENCE
        for exporter, before in zip(self._exporters, rounds, strict=True):
            while self._rounds(exporter) == before:
                if time.monotonic() > deadline:
                    raise AssertionError("a peer does not learn")
                exporter.wait_poll("peer.stats", len(exporter.log), result="ok")
        return [(self._labels(number) | {"job": job}, exporter.get(path)[2])
                for job, path in JOBS.items() for number, exporter in enumerate(self._exporters)]

    @staticmethod
    def _rounds(exporter):
        return exporter.page("/metrics/peer").value("peer_trainings_total")

    def _start_prometheus(self, configs=()):
        prometheus = Prometheus(self._folder, configs)
        self._stack.callback(prometheus.close)
        return prometheus

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
            *flags(built_in(), **dict.fromkeys(built_in(), "500ms")), env=PATIENT)
        self._stack.callback(exporter.close)
        return exporter

    def _scrape(self, job, path):
        return {"job_name": job, "scrape_interval": "1s", "metrics_path": path,
                "static_configs": [
                    {"targets": [exporter.address], "labels": self._labels(number)}
                    for number, exporter in enumerate(self._exporters)]}

    @staticmethod
    def _labels(number):
        return {"namespace": "peers", "pod": f"peer-{number}", "instance": f"peer-{number}",
                "node": "node-a"}

    @staticmethod
    def _scrape_kubelet(path, kubelet):
        return {"job_name": f"kubernetes{path.replace('/', '-')}", "scrape_interval": "1s",
                "metrics_path": path, "honor_labels": True, "static_configs": [
                    {"targets": [kubelet.address], "labels": kubelet_labels(path)}]}
