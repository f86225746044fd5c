"""Shared by the benchmarks: child processes, their cost, and a connection to one.

Import this module first: it makes the modules of tests/ importable.
"""

import contextlib
import http.client
import os
import pathlib
import re
import socket
import ssl
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

from harness import PATIENCE, Exporter, clean_environment  # noqa: E402

ADDRESS = re.compile(r"\b127\.0\.0\.1:\d+")


class Server(contextlib.AbstractContextManager):
    """A server as a child process; it prints its address unless `address` is given.

    It reads `said` from its input, which is closed only to stop it.
    """

    def __init__(self, command, address=None, said="", **options):
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=clean_environment(options.pop("env", None)), **options)
        self._process.stdin.write(said)
        self._process.stdin.flush()
        self.address = address or self._read_address()

    @property
    def pid(self):
        return self._process.pid

    def __exit__(self, *_):
        self._process.terminate()
        self._process.communicate(timeout=10)

    def _read_address(self):
        said = ""
        for line in self._process.stdout:
            if found := ADDRESS.search(line):
                return found[0]
            said += line
        self._process.wait()
        raise RuntimeError(f"{self._process.args[0]} does not listen:\n{said}")


def cpu_seconds(server):
    """User and system time so far, including nginx's worker."""
    children = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    ticks = sum(cpu_ticks(pid) for pid in (server.pid, *children.split()))
    return ticks / os.sysconf("SC_CLK_TCK")


def cpu_ticks(pid):
    """utime + stime of proc(5)."""
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    user, system = stat.rpartition(")")[2].split()[11:13]
    return int(user) + int(system)


def trusting():
    """TLS of a client that accepts every certificate."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def fetch(address, path="/metrics", headers=(), tls=None):
    """The body of one page, over a new connection; with TLS if there is a context."""
    host, port = address.split(":")
    connection = (http.client.HTTPSConnection(host, int(port), timeout=PATIENCE, context=tls)
                  if tls else http.client.HTTPConnection(host, int(port), timeout=PATIENCE))
    with contextlib.closing(connection):
        connection.request("GET", path, headers=dict(headers))
        return connection.getresponse().read()


def quiet_exporter(stack, *flags, ready, tls=None):
    """An exporter that does not log polls and requests, when its page matches `ready`."""
    exporter = Exporter(*flags, log_level="info")
    stack.callback(exporter.close)
    wait_for_page(exporter, ready, tls)
    return exporter


def wait_for_page(exporter, ready, tls=None):
    """Scrapes until the page matches this expression."""
    deadline = time.monotonic() + PATIENCE
    while not re.search(ready, fetch(exporter.address, tls=tls).decode(), re.MULTILINE):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {ready} on the page of {exporter.address}")
        time.sleep(0.01)


class Connection:
    """One persistent connection without a client library; with TLS if there is a context."""

    def __init__(self, address, tls=None):
        host, port = address.split(":")
        self._socket = socket.create_connection((host, int(port)), 10)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self._socket = tls.wrap_socket(self._socket)
        self._buffer = bytearray(2 << 20)

    def get(self, path="/metrics"):
        """The body of one reply; valid until the next."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        have = self._receive(0)
        while (end := self._buffer.find(b"\r\n\r\n", 0, have)) < 0:
            have = self._receive(have)
        head = self._buffer[:end].lower()
        if not head.startswith(b"http/1.1 200 "):
            raise RuntimeError(head.decode())
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        while have < end + 4 + length:
            have = self._receive(have)
        return memoryview(self._buffer)[end + 4:end + 4 + length]

    def close(self):
        self._socket.close()

    def _receive(self, have):
        got = self._socket.recv_into(memoryview(self._buffer)[have:])
        if not got:
            raise ConnectionError("the server closed the connection")
        return have + got


def p99(connection, scrapes, pause=0):
    """The 99th percentile in milliseconds of this many scrapes, one after the other."""
    times = []
    for _ in range(scrapes):
        time.sleep(pause)
        began = time.perf_counter()
        connection.get()
        times.append(time.perf_counter() - began)
    return statistics.quantiles(times, n=100)[98] * 1000


def polls(page):
    """The number of polls on the exporter's page."""
    counts = re.findall(
        r"^ipfs_peer_exporter_collector_polls_total\{.*\} (\d+)$", page, re.MULTILINE)
    return sum(map(int, counts))
