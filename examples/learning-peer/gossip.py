"""Peers announce their models to each other: lists of CIDs over HTTP."""

import contextlib
import http.client
import http.server
import json
import queue
import random
import re
import socket
import socketserver
import threading
import urllib.parse

import ipfs

MAX_TIPS = 16
MAX_ADDRESSES = 16  # asked in one round


def check_cids(cids):
    """Returns the list, which is untrusted, or raises ValueError."""
    if not isinstance(cids, list) or len(cids) > MAX_TIPS:
        raise ValueError(f"not a list of at most {MAX_TIPS} CIDs")
    if not all(isinstance(c, str) and re.fullmatch("[A-Za-z0-9]{40,100}", c) for c in cids):
        raise ValueError("not a CID")
    return cids


def decode_tips(content):
    try:
        return check_cids(json.loads(content))
    except RecursionError as error:
        raise ValueError("not a list of CIDs") from error


class Inbox:
    """Lists of CIDs that neighbours offered since the last round. Any thread may use it."""

    def __init__(self):
        self._offers = queue.Queue(maxsize=32)

    def put(self, cids):
        with contextlib.suppress(queue.Full):  # neighbours repeat their offers every round
            self._offers.put_nowait(cids)

    def take_all(self):
        return [self._offers.get() for _ in range(self._offers.qsize())]


def find_addresses(url):
    """Every address of a neighbour, as pairs of host and port."""
    parts = urllib.parse.urlsplit(url)
    found = socket.getaddrinfo(parts.hostname, parts.port or 80, type=socket.SOCK_STREAM)
    return sorted({address[:2] for *_, address in found})


def choose(addresses):
    """The addresses of one round: in a large network each peer asks a few, others in each round."""
    return random.sample(addresses, min(len(addresses), MAX_ADDRESSES))


def swap_tips(address, tips):
    """Offers our tips to an address of a neighbour; returns its tips."""
    connection = http.client.HTTPConnection(*address, timeout=ipfs.TIMEOUT)
    with contextlib.closing(connection):
        connection.request("POST", "/tips", json.dumps(tips))
        return decode_tips(ipfs.read_reply(connection))


def listen(host, port):
    """A listening socket; without a host, on all addresses of IPv4 and IPv6."""
    everywhere = not host and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if everywhere or ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, dualstack_ipv6=everywhere)


def serve(host, port, peer):
    """Answers POST /tips and GET /stats on a thread of its own; returns the port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        timeout = ipfs.TIMEOUT

        def do_GET(self):
            if self.path != "/stats":
                return self.send_error(404)
            self.reply(peer.stats.document)

        def do_POST(self):
            if self.path != "/tips":
                return self.send_error(404)
            try:
                length = min(int(self.headers["Content-Length"]), ipfs.MAX_REPLY)
                if length < 0:
                    raise ValueError("negative Content-Length")
                peer.inbox.put(decode_tips(self.rfile.read(length)))
            except (TypeError, ValueError) as error:
                return self.send_error(400, explain=str(error))
            self.reply(json.dumps(peer.announced).encode())

        def reply(self, content):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass  # the log has one line per round, not one per request

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def server_bind(self):
            self.socket.close()  # the base class made one of IPv4
            self.socket = listen(*self.server_address)
            self.server_address = self.socket.getsockname()

        def handle_error(self, request, client_address):
            pass  # a client that disconnected is not worth a log line

    server = Server((host, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]
