"""Shared by the integration tests: the exporter as a child process, and a peer's socket.

Import this module first: it makes the modules of tests/ importable.
"""

import contextlib
import http.client
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
REPOSITORY = TESTS.parent
sys.path.insert(0, str(TESTS))

from catalogue import COLLECTORS, JS_COLLECTORS  # noqa: E402
from exposition import Page  # noqa: E402
from fake_daemon import FakeDaemon, Listener, recording  # noqa: E402
from patience import PATIENCE  # noqa: E402

__all__ = ["BINARY", "COLLECTORS", "JS_COLLECTORS", "LARGE_REPLY", "PATIENCE", "PATIENT",
           "REPOSITORY", "VERSIONS", "Exporter", "FakeDaemon", "IntegrationTest", "Page",
           "StatsSocket", "clean_environment", "needs_ipv6", "recording", "says", "slow"]

BINARY = os.environ.get(
    "EXPORTER", REPOSITORY / "build" / "release" / "ipfs_peer_exporter")
# What makes BINARY slower and larger: a sanitizer, such as "thread", or "an emulator"; or empty.
BURDEN = os.environ.get("BURDEN", "")
SANITIZER_REPORT = re.compile("(Address|Leak|Thread)Sanitizer|runtime error:")
PAIR = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))(?: |$)')

# Largest peak memory of the exporter, whatever a neighbour sends, and the size of a large
# reply. With a burden memory is not checked, so a smaller reply is enough.
MAX_MEMORY_KB = 24 * 1024
LARGE_REPLY = (8 if BURDEN else 64) << 20

# On a busy machine no call may time out and no interval may be stretched. Tests of slow
# neighbours set these flags themselves.
PATIENT = {"IPFS_PEER_EXPORTER_IPFS_TIMEOUT": f"{PATIENCE}s",
           "IPFS_PEER_EXPORTER_IPFS_BUDGET": "0",
           "IPFS_PEER_EXPORTER_PEER_TIMEOUT": f"{PATIENCE}s"}

# Oldest first.
VERSIONS = sorted(
    (path.name for path in (TESTS / "recorded").glob("v*")),
    key=lambda name: [int(number) for number in re.findall(r"\d+", name)[:3]])

slow = unittest.skipUnless(os.environ.get("SLOW"), "slow: runs with SLOW=1")


def has_ipv6():
    with contextlib.suppress(OSError), socket.create_server(("::1", 0), family=socket.AF_INET6):
        return True
    return False


needs_ipv6 = unittest.skipUnless(has_ipv6(), "this machine has no ::1")


def read_logfmt(line):
    """The pairs of a line of logfmt; empty if the line is not logfmt."""
    return {key: re.sub(r"\\(.)", r"\1", quoted) or plain
            for key, quoted, plain in PAIR.findall(line)}


class Exporter:
    """The exporter as a child: its log, its pages, its memory."""

    def __init__(self, *flags, env=None, user=None, binary=BINARY, log_level="debug"):
        # setpriv makes the kernel end it when the current thread ends, even if this process is
        # killed.
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", binary, "--web.listen-address=127.0.0.1:0",
             f"--log.level={log_level}", *flags],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, env=clean_environment(env), user=user)
        self._lines = []
        self._logged = threading.Condition()
        self._ended = False
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        try:
            self.address = self.wait_log({"msg": "listening"})["address"]
        except AssertionError:
            self._kill()
            raise

    @property
    def pid(self):
        return self._process.pid

    @property
    def log(self):
        """The lines so far, each as a dictionary of its pairs."""
        with self._logged:
            return list(self._lines)

    def wait_log(self, wanted, after=0, timeout=PATIENCE):
        """Waits for a line with all `wanted` pairs that is not among the first `after` lines.

        A wanted value of None means that the pair is absent. Returns the line; its place, as
        the `after` of the next wait, is in line["at"].
        """
        def find():
            for line in self._lines[after:]:
                if all(line.get(key) == value for key, value in wanted.items()):
                    return line
            return self._ended

        with self._logged:
            found = self._logged.wait_for(find, timeout)
        if not isinstance(found, dict):
            raise AssertionError(f"no line {wanted} after {after}, but:\n{self._tail()}")
        return found

    def wait_poll(self, collector, after=0, timeout=PATIENCE, **wanted):
        """Waits for the end of a poll and returns its line."""
        return self.wait_log({"msg": "poll", "collector": collector, **wanted}, after, timeout)

    def wait_collectors(self, after=0, collectors=COLLECTORS):
        """Waits until a poll of each collector of the daemon was answered."""
        for name in collectors:
            self.wait_poll(f"ipfs.{name}", after, result="ok")

    def get(self, path, method="GET", timeout=PATIENCE, **headers):
        """Status, headers and body of one request; accept_x="y" sends Accept-X: y."""
        connection = http.client.HTTPConnection(self.address, timeout=timeout)
        with contextlib.closing(connection):
            connection.request(method, path, headers={
                name.replace("_", "-"): value for name, value in headers.items()})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()

    def page(self, path="/metrics"):
        status, headers, body = self.get(path)
        if status != 200 or not headers["Content-Type"].startswith("text/plain; version=0.0.4"):
            raise AssertionError(f"{path}: {status} {headers['Content-Type']}")
        return Page(body)

    def peak_memory_kb(self):
        return self._status_number("VmHWM")

    def cpu_seconds(self):
        """CPU time used so far, which does not depend on the load of the machine."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")

    def threads(self):
        return self._status_number("Threads")

    def open_files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def terminate(self, timeout=PATIENCE):
        """Sends SIGTERM; returns the exit code."""
        self._process.terminate()
        code = self._process.wait(timeout)
        self._reader.join(timeout)
        return code

    def close(self):
        """Stops it, so that leaks are reported; fails on a bad exit code or a report."""
        self._process.terminate()
        try:
            code = self._process.wait(PATIENCE)
        finally:
            self._kill()
        if code or any(SANITIZER_REPORT.search(line["text"]) for line in self.log):
            raise AssertionError(f"exit code {code}:\n" + "".join(
                line["text"] for line in self.log))

    def _kill(self):
        self._process.kill()
        self._process.wait()
        self._reader.join()
        self._process.stderr.close()

    def _read_log(self):
        for text in self._process.stderr:
            with self._logged:
                line = read_logfmt(text) | {"text": text, "at": len(self._lines) + 1}
                self._lines.append(line)
                self._logged.notify_all()
        with self._logged:
            self._ended = True
            self._logged.notify_all()

    def _status_number(self, field):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)[1])

    def _tail(self):
        return "".join(line["text"] for line in self._lines[-20:])


def clean_environment(changes=None):
    """The environment without variables that configure the exporter."""
    kept = {key: value for key, value in os.environ.items()
            if not key.startswith("IPFS_")}
    return kept | (changes or {})


class StatsSocket(Listener):
    """A peer's Unix socket with a behaviour, a function of (connection, socket)."""

    def __init__(self, path, behaviour):
        super().__init__(f"unix:{path}")
        self.behaviour = behaviour

    def handle(self, connection):
        self.behaviour(connection, self)


def says(text):
    """A peer that writes this and closes."""
    return lambda connection, _: connection.sendall(text.encode())


class IntegrationTest(unittest.TestCase):
    """Starts the programs of a test and stops them with the test."""

    def exporter(self, *flags, env=None, **options):
        exporter = Exporter(*flags, env=PATIENT | (env or {}), **options)
        self.addCleanup(exporter.close)
        return exporter

    def check_cost(self, what, value, most):
        """Checks a bound on time, memory or threads, except with a burden, which adds to it."""
        if BURDEN:
            print(f"not held with {BURDEN}: {what} {value:.1f} of {most}", file=sys.stderr)
        else:
            self.assertLessEqual(value, most, what)

    def check_memory(self, exporter):
        self.check_cost("kB", exporter.peak_memory_kb(), MAX_MEMORY_KB)

    def daemon(self, name="v0.42.0/online", listen="127.0.0.1:0"):
        return self.enterContext(FakeDaemon(recording(name), listen))

    def stats_socket(self, behaviour):
        return self.enterContext(StatsSocket(self.temporary() / "stats.sock", behaviour))

    def temporary(self, parent=None):
        """A folder that is removed with the test; in `parent` instead of the default place."""
        return pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(dir=parent)))
