"""The three commands of a daemon's HTTP RPC that a learning peer needs."""

import contextlib
import http.client
import json
import socket
import urllib.parse

TIMEOUT = 5
UNPIN_TIMEOUT = 1  # short, because a peer unpins its model when it stops
MAX_REPLY = 64 * 1024
BOUNDARY = "one-model-per-request"


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Daemon:
    """An IPFS daemon at `http://HOST:PORT` or `/unix/PATH`. Its methods raise OSError,
    http.client.HTTPException or ValueError if a call fails."""

    def __init__(self, address):
        self.unix_path = self.host = None
        if address.startswith("/unix/"):
            self.unix_path = address.removeprefix("/unix")
        elif address.startswith("http://"):
            self.host = urllib.parse.urlsplit(address).netloc
        if not (self.unix_path or self.host):
            raise ValueError(f"must be http://HOST:PORT, /unix/PATH or none, not {address!r}")

    def add(self, content):
        """Stores and pins the bytes; returns their CID."""
        body = (
            f"--{BOUNDARY}\r\n"
            'Content-Disposition: form-data; name="file"; filename="model"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        reply = self._post("add", {"pin": "true", "progress": "false"}, body, kind)
        try:
            return json.loads(reply)["Hash"]
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("no Hash in the reply") from error

    def cat(self, cid):
        return self._post("cat", {"arg": cid})

    def unpin(self, cid):
        self._post("pin/rm", {"arg": cid}, timeout=UNPIN_TIMEOUT)

    def _post(self, command, query, body=None, kind="text/plain", timeout=TIMEOUT):
        path = f"/api/v0/{command}?{urllib.parse.urlencode(query)}"
        if self.unix_path:
            connection = UnixConnection(self.unix_path, timeout)
        else:
            connection = http.client.HTTPConnection(self.host, timeout=timeout)
        with contextlib.closing(connection):
            connection.request("POST", path, body, {"Content-Type": kind})
            return read_reply(connection)


def read_reply(connection):
    reply = connection.getresponse()
    content = reply.read(MAX_REPLY + 1)
    if reply.status != 200:
        raise ValueError(f"HTTP status {reply.status}")
    if len(content) > MAX_REPLY:
        raise ValueError(f"reply larger than {MAX_REPLY} bytes")
    return content
