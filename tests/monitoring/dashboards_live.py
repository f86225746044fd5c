"""Real exporters on loopback, with peers that learn and recorded daemons whose counters grow."""

import contextlib
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from dashboards_metrics import KEPT, NATIVE, REPOSITORY, TESTS, samples
from dashboards_setups import read

sys.path.insert(0, str(TESTS / "integration"))

from harness import PATIENCE, PATIENT, Exporter, FakeDaemon, recording  # noqa: E402
from cells import built_in, flags  # noqa: E402

DAEMON = "v0.44.0-dev/online"
PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"
PATHS = ("/metrics", "/metrics/ipfs", "/metrics/peer", "/metrics/native")
# Counters in the daemon's replies.
GROWING = re.compile(
    r'"(Total(?:In|Out)|(?:Blocks|Data|DupBlks|DupData|Messages)(?:Received|Sent)|'
    r'keys_provided|records_provided)":(\d+)')
COUNTER = re.compile(r"^# TYPE (\S+) (counter|histogram)$", re.MULTILINE)
SAMPLE = re.compile(r"^([\w:]+)(\{.*\})? (\S+)$", re.MULTILINE)


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
        if not name.startswith((*KEPT, "process_")) or name not in counters:
            return found[0]
        return f"{name}{labels or ''} {float(value) * (1 + percent / 100)}"

    return SAMPLE.sub(sample, page)


@contextlib.contextmanager
def live(**options):
    """Starts everything and stops it with the context."""
    with contextlib.ExitStack() as stack:
        yield Live(stack, **options)


class Live:
    """The running programs; the stack stops them."""

    def __init__(self, stack, peers=(("stats",),), round_seconds=0.5):
        """peers: the names of the peers of each exporter; with one, it has no label."""
        self._stack = stack
        self._folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._daemons = []
        self._peers = peers
        self._exporters = [self._start(f"peer-{number}", names, round_seconds)
                           for number, names in enumerate(peers)]
        for exporter, names in zip(self._exporters, peers, strict=True):
            for name in (*(f"ipfs.{name}" for name in built_in()),
                         *(f"peer.{name}" for name in names)):
                exporter.wait_poll(name, result="ok")

    def grow(self, percent):
        """Increases the daemons' counters by this share of the recorded values."""
        for daemon in self._daemons:
            daemon.become(grown(recorded(), percent))

    def pages(self):
        """[{path: samples}] of all exporters after each was polled again."""
        rounds = [self._rounds(exporter) for exporter in self._exporters]
        for exporter in self._exporters:
            began = len(exporter.log)
            for name in built_in():  # the first poll may have begun before
                once = exporter.wait_poll(f"ipfs.{name}", began, result="ok")
                exporter.wait_poll(f"ipfs.{name}", once["at"], result="ok")
        deadline = time.monotonic() + PATIENCE
        for exporter, names, before in zip(self._exporters, self._peers, rounds, strict=True):
            while any(now <= then for now, then in
                      zip(self._rounds(exporter), before, strict=True)):
                if time.monotonic() > deadline:
                    raise AssertionError("a peer does not learn")
                exporter.wait_poll(f"peer.{names[0]}", len(exporter.log), result="ok")
        return [{path: read(exporter.get(path)[2]) for path in PATHS}
                for exporter in self._exporters]

    @staticmethod
    def _rounds(exporter):
        return [value for name, _, value in read(exporter.get("/metrics/peer")[2])
                if name == "peer_trainings_total"]

    def _start(self, name, peers, round_seconds):
        """An exporter with its daemon and peers."""
        daemon = self._stack.enter_context(FakeDaemon(recorded()))
        self._daemons.append(daemon)
        sockets = {peer: self._folder / f"{name}-{peer}.sock" for peer in peers}
        for peer, path in sockets.items():
            self._start_peer(f"{name}-{peer}", path, round_seconds)
        named = "" if len(peers) == 1 else "{}="
        exporter = Exporter(
            f"--ipfs.api={daemon.url}", "--peer.interval=500ms",
            *(f"--peer.stats={named.format(peer)}unix:{path}" for peer, path in sockets.items()),
            *flags(built_in(), **dict.fromkeys(built_in(), "500ms")), env=PATIENT)
        self._stack.callback(exporter.close)
        return exporter

    def _start_peer(self, name, path, round_seconds):
        peer = subprocess.Popen(
            [sys.executable, PEER, "--name", name, "--stats", f"unix:{path}", "--ttl", "600",
             "--interval", str(round_seconds), "--ipfs-api", "none"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._stack.callback(peer.wait)
        self._stack.callback(peer.kill)
