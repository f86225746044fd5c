#!/usr/bin/env python3
"""A fake daemon that replays recorded replies and misbehaves on request.

    python3 fake_daemon.py --recorded v0.42.0/online --listen 127.0.0.1:0
    python3 fake_daemon.py --recorded v0.42.0/online --listen unix:/run/fake.sock

As a module: FakeDaemon(recording("v0.42.0/online")) logs every call, and script() replaces
the recorded reply with a behaviour, which is a function of one Exchange. The behaviours
that tests need are at the end of this file.
"""

import argparse
import gzip
import http.client
import json
import os
import pathlib
import signal
import socket
import struct
import sys
import threading
from urllib.parse import parse_qsl, urlsplit

from patience import PATIENCE

RECORDED = pathlib.Path(__file__).parent / "recorded"
RPC = "/api/v0/"
PLAIN = "text/plain; charset=utf-8"
ZERO_BANDWIDTH = '{"TotalIn":0,"TotalOut":0,"RateIn":0,"RateOut":0}\n'


def read_recording(name):
    return json.loads((RECORDED / f"{name}.json").read_text())


def recording(name):
    """The calls of one recording, such as "v0.42.0/online".

    `commands` is stored once per version, in its online scenario.
    """
    calls = read_recording(name)
    version, scenario = name.split("/")
    if scenario not in ("online", "auth"):
        calls += [call for call in read_recording(f"{version}/online")
                  if call["path"] == full_path("commands")]
    return calls


def full_path(path):
    """`stats/bw` as `/api/v0/stats/bw`; a path that begins with / unchanged."""
    return path if path.startswith("/") else RPC + path


class Listener:
    """Accepts connections on an address, one thread each; can stop and restart there.

    The address is HOST:PORT, [HOST]:PORT or unix:PATH. After the first start `address` holds
    the real port. `backlog` + 1 connections can wait; each is accepted after `pause`
    seconds.
    """

    def __init__(self, address, backlog=128, pause=0):
        self.address = address
        self.backlog = backlog
        self.pause = pause
        self.stopping = threading.Event()
        self._connections = set()
        self._lock = threading.Lock()
        self._socket = None

    def start(self):
        self.stopping.clear()
        if self.address.startswith("unix:"):
            self._socket = self._listen_unix(self.address.removeprefix("unix:"))
        else:
            self._socket = self._listen_tcp(*self.address.rsplit(":", 1))
        threading.Thread(target=self._accept, args=[self._socket], daemon=True).start()
        return self

    def stop(self):
        """Stops like a killed process: refuses new connections and cuts the open ones."""
        self.stopping.set()
        with self._lock:
            # With close() alone a thread in accept() or recv() would wait for ever.
            for open_socket in (self._socket, *self._connections):
                shut_down(open_socket)
        self._socket.close()
        if self.address.startswith("unix:"):
            os.unlink(self.address.removeprefix("unix:"))

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if not self.stopping.is_set():
            self.stop()

    def handle(self, connection):
        """Serves one connection until it ends."""
        raise NotImplementedError

    def _listen_tcp(self, host, port):
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        listening = socket.create_server(
            (host.strip("[]"), int(port)), family=family, backlog=self.backlog)
        self.address = f"{host}:{listening.getsockname()[1]}"
        return listening

    def _listen_unix(self, path):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen(self.backlog)
        return listening

    def _accept(self, listening):
        while True:
            self.stopping.wait(self.pause)
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            if listening.family != socket.AF_UNIX:
                # Send each piece of a reply at once, not with the next acknowledgement.
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        try:
            if not self.stopping.is_set():
                self.handle(connection)
        except OSError:
            pass  # the other side has gone, or stop() cut the connection
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.close()


def shut_down(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # already gone


class Exchange:
    """One request and its reply."""

    def __init__(self, connection, daemon, method, target, headers):
        self.connection = connection
        self.daemon = daemon
        self.method = method
        self.target = target
        self.headers = headers
        self.keep_alive = True

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def parameters(self):
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    def send(self, data):
        self.connection.sendall(data)

    def head(self, status, *headers):
        reason = http.client.responses.get(status, "")
        self.send("\r\n".join([f"HTTP/1.1 {status} {reason}", *headers, "", ""]).encode())

    def chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def begin_chunked(self, status=200, content_type="application/json"):
        """The head of a reply as daemons send it, which always announces the trailer."""
        self.head(status, f"Content-Type: {content_type}", "Trailer: X-Stream-Error",
                  "Transfer-Encoding: chunked")

    def end_chunked(self, trailers=None):
        lines = [f"{name}: {value}\r\n" for name, value in (trailers or {}).items()]
        self.send(f"0\r\n{''.join(lines)}\r\n".encode())

    def answer_chunked(self, status, content_type, body, trailers=None):
        """A complete reply of a command."""
        self.begin_chunked(status, content_type)
        if body:
            self.chunk(body.encode())
        self.end_chunked(trailers)

    def answer(self, status, content_type, body, *headers):
        """A complete reply with its length, as for an unknown command."""
        kind = [f"Content-Type: {content_type}"] if content_type else []
        self.head(status, *kind, f"Content-Length: {len(body.encode())}", *headers)
        self.send(body.encode())

    def close(self):
        """Ends the connection after the bytes sent so far."""
        self.keep_alive = False

    def wait(self, seconds=None):
        """Waits, at most until the daemon stops."""
        self.daemon.stopping.wait(seconds)


class FakeDaemon(Listener):
    """Replays a recording over HTTP/1.1 with keep-alive."""

    def __init__(self, calls=(), listen="127.0.0.1:0", **how):
        super().__init__(listen, **how)
        self.become(calls)
        self._scripts = {}
        self._calls = []
        self._called = threading.Condition()

    @property
    def url(self):
        """The address in the form of --ipfs.api."""
        if self.address.startswith("unix:"):
            return "/unix" + self.address.removeprefix("unix:")
        return f"http://{self.address}"

    @property
    def calls(self):
        """Every call so far: (method, target)."""
        with self._called:
            return list(self._calls)

    def wait_for_call(self, path, after=0, timeout=PATIENCE):
        """Waits for a call of `path` that is not among the first `after` calls.

        Returns how many calls there were up to it, which is the `after` of the next wait.
        """
        path = full_path(path)

        def find():
            for index, (_, target) in enumerate(self._calls[after:], after + 1):
                if urlsplit(target).path == path:
                    return index
            return None

        with self._called:
            if found := self._called.wait_for(find, timeout):
                return found
        raise TimeoutError(f"no call of {path} within {timeout} s")

    def become(self, calls):
        """Switches to another recording; open connections stay open."""
        self._recorded = {self._key(call): call for call in calls}
        self._authorizes = any("authorization" in call for call in calls)
        # The reply of this daemon to any call without authorization.
        self._refusal = self._recorded.get(("POST", RPC + "id", frozenset(), None))

    def script(self, path, behaviour):
        """Sets the behaviour for calls of `path`; None: as recorded."""
        self._scripts[full_path(path)] = behaviour

    def script_all(self, behaviour):
        """Sets the behaviour for all calls; None: as recorded or scripted."""
        self._scripts[None] = behaviour

    def handle(self, connection):
        with connection.makefile("rb") as requests:
            while exchange := self._read(connection, requests):
                self._reply(exchange)
                if not exchange.keep_alive:
                    return

    def answer_as_recorded(self, exchange):
        call = self._recorded.get(self._asked(exchange))
        if not call and self._authorizes:
            call = self._refusal
        if call and call["transfer"] == "chunked":
            exchange.answer_chunked(call["status"], call["content_type"], call["body"],
                                    call.get("trailers"))
        elif call:
            exchange.answer(call["status"], call["content_type"], call["body"])
        elif exchange.method == "GET" and exchange.path.startswith(RPC):
            exchange.answer(405, PLAIN, "405 - Method Not Allowed\n", "Allow: OPTIONS, POST")
        elif self._measures_bandwidth() and self._asks_for_a_protocol(exchange):
            exchange.answer_chunked(200, "application/json", ZERO_BANDWIDTH)
        else:
            exchange.answer(404, PLAIN, "404 page not found\n")

    def _reply(self, exchange):
        with self._called:
            self._calls.append((exchange.method, exchange.target))
            self._called.notify_all()
        behaviour = self._scripts.get(None) or self._scripts.get(exchange.path)
        (behaviour or self.answer_as_recorded)(exchange)

    def _read(self, connection, requests):
        line = requests.readline(65536).decode("latin-1")
        if not line:
            return None
        method, target, _ = line.split(" ", 2)
        headers = http.client.parse_headers(requests)
        requests.read(int(headers.get("Content-Length", 0)))
        return Exchange(connection, self, method, target, headers)

    @staticmethod
    def _key(call):
        query = parse_qsl(call["query"], keep_blank_values=True)
        return call["method"], call["path"], frozenset(query), call.get("authorization")

    def _asked(self, exchange):
        authorization = exchange.headers["Authorization"] if self._authorizes else None
        return exchange.method, exchange.path, frozenset(exchange.parameters), authorization

    def _measures_bandwidth(self):
        key = "POST", RPC + "stats/bw", frozenset(), None
        return self._recorded.get(key, {}).get("status") == 200

    @staticmethod
    def _asks_for_a_protocol(exchange):
        names = [name for name, _ in exchange.parameters]
        return exchange.path == RPC + "stats/bw" and names == ["proto"]


# Behaviours: each is, or makes, a function of one Exchange.

def answers(body, status=200, content_type="application/json", trailers=None):
    """Answers with this body."""
    return lambda exchange: exchange.answer_chunked(status, content_type, body, trailers)


def hangs(exchange):
    """Takes the request and never answers."""
    exchange.wait()
    exchange.close()


class Gate:
    """Holds all calls, except of some paths, until they are released."""

    def __init__(self, *free):
        self._free = {full_path(path) for path in free}
        self._changed = threading.Condition()
        self._seen = 0
        self._left = 0  # releases left
        self._held = []

    def __call__(self, exchange):
        if exchange.path not in self._free:
            with self._changed:
                self._seen += 1
                self._held.append(exchange.target)
                self._changed.notify_all()
                while not self._left and not exchange.daemon.stopping.is_set():
                    self._changed.wait(0.1)
                self._left -= 1
                self._held.remove(exchange.target)
        exchange.daemon.answer_as_recorded(exchange)

    @property
    def held(self):
        """The targets of the held calls."""
        with self._changed:
            return list(self._held)

    def let_by(self, calls):
        """Releases this many calls."""
        with self._changed:
            self._left += calls
            self._changed.notify_all()

    def wait_seen(self, calls, timeout=10):
        """Waits for this many calls."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._seen >= calls, timeout):
                raise TimeoutError(f"{self._seen} of {calls} calls within {timeout} s")


def delayed(seconds):
    """Answers as recorded after a delay."""
    def behaviour(exchange):
        exchange.wait(seconds)
        exchange.daemon.answer_as_recorded(exchange)
    return behaviour


def hangs_after(data):
    """Begins a reply and never ends it."""
    def behaviour(exchange):
        exchange.begin_chunked()
        exchange.chunk(data)
        hangs(exchange)
    return behaviour


def drips(seconds):
    """Sends one byte every `seconds`, for ever."""
    def behaviour(exchange):
        exchange.begin_chunked()
        while not exchange.daemon.stopping.is_set():
            exchange.chunk(b" ")
            exchange.wait(seconds)
        exchange.close()
    return behaviour


def streams(prefix, piece, pieces=None, suffix=b""):
    """Sends `prefix`, `pieces` times `piece` (for ever if None) and `suffix`."""
    def behaviour(exchange):
        exchange.begin_chunked()
        exchange.chunk(prefix)
        sent = 0
        while sent != pieces:
            exchange.chunk(piece)
            sent += 1
        if suffix:
            exchange.chunk(suffix)
        exchange.end_chunked()
    return behaviour


def breaks_off(data):
    """Sends some chunks of a reply and closes."""
    def behaviour(exchange):
        exchange.begin_chunked()
        exchange.chunk(data)
        exchange.close()
    return behaviour


def falls_short(body):
    """Announces twice the length of its body."""
    def behaviour(exchange):
        exchange.head(200, "Content-Type: application/json",
                      f"Content-Length: {2 * len(body)}")
        exchange.send(body)
        exchange.close()
    return behaviour


def announces(length):
    """Announces a body of this length and never sends it."""
    def behaviour(exchange):
        exchange.head(200, "Content-Type: application/json", f"Content-Length: {length}")
        hangs(exchange)
    return behaviour


def compresses(body):
    """Sends a gzip body without being asked for gzip."""
    def behaviour(exchange):
        data = gzip.compress(body)
        exchange.head(200, "Content-Type: application/json", "Content-Encoding: gzip",
                      f"Content-Length: {len(data)}")
        exchange.send(data)
    return behaviour


def sends(data):
    """Sends bytes that need not be HTTP, and closes."""
    def behaviour(exchange):
        exchange.send(data)
        exchange.close()
    return behaviour


def closes(exchange):
    """Closes without a byte."""
    exchange.close()


def resets(exchange):
    """Resets the connection without a byte."""
    exchange.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recorded", required=True, help="such as v0.42.0/online")
    parser.add_argument("--listen", default="127.0.0.1:0", help="HOST:PORT or unix:PATH")
    args = parser.parse_args()
    with FakeDaemon(recording(args.recorded), args.listen) as daemon:
        address = daemon.address
        print("listening", address if address.startswith("unix:") else daemon.url, flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
