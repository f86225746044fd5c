"""Invalid or missing stats of a peer: the right reason is counted, the rest is served."""

import gzip
import json
import os
import shutil
import socket
import unittest

from harness import BINARY, IntegrationTest, StatsSocket, says
from fake_daemon import FakeDaemon, answers, closes, compresses, falls_short, hangs, resets, streams

NOBODY = 65534
KIB64 = b"x" * 65536


def never_answers(_, peer):
    peer.stopping.wait()


def never_ends(connection, _):
    connection.sendall(b'{"x":"')
    while True:
        connection.sendall(KIB64)


def sends_a_gigabyte(connection, _):
    connection.sendall(b'{"x":1')
    for _ in range(1 << 14):
        connection.sendall(b" " * 65536)
    connection.sendall(b"}")


def drips(connection, peer):
    """One byte per second: a timeout on idle time alone would never expire."""
    while not peer.stopping.wait(1):
        connection.sendall(b" ")


def stops_halfway(connection, peer):
    connection.sendall(b'{"x":1')
    peer.stopping.wait()


def closes_without_a_word(_, __):
    pass


UNIX = {
    "never answers": ("timeout", never_answers),
    "never ends": ("too_large", never_ends),
    "a gigabyte": ("too_large", sends_a_gigabyte),
    "a byte per second": ("timeout", drips),
    "stops halfway": ("timeout", stops_halfway),
    "half a document": ("parse", says('{"trainings_total":7,"mod')),
    "HTML": ("parse", says("<html></html>")),
    "100,000 brackets": ("parse", says("[" * 100_000)),
    "closes without a word": ("parse", closes_without_a_word),
}
HTTP = {
    "nothing for ever": ("timeout", hangs),
    "endless": ("too_large", streams(b'{"x":"', KIB64)),
    "500": ("http_status", answers("{}", 500)),
    "404": ("http_status", answers("not here", 404, "text/plain")),
    "redirect": ("http_status", answers("", 302, "text/plain")),
    "403": ("auth", answers("no", 403, "text/plain")),
    "HTML": ("parse", answers("<html></html>", content_type="text/html")),
    "content-length short": ("stream", falls_short(b'{"x":1}')),
    "closed": ("connect", closes),
    "reset": ("connect", resets),
}


# Valid documents that must do no harm: the dropped values and their reasons.
LONG = "a" * 190
DOCUMENTS = {
    "a long key over many members": (
        "name", {"A" * 400_000: {str(i): 1 for i in range(40_000)}, "good": 1}),
    "labels that every bucket repeats": (
        "series_limit", {"good": 1, "metrics": [{
            "name": "h", "type": "histogram", "sum": 1, "count": 1990,
            "labels": {f"{LONG}{i}": "b" * 256 for i in range(16)},
            "buckets": {str(i): i for i in range(1990)}}]}),
    "more series than are taken": (
        "series_limit", {"good": 1, **{f"g{i}": i for i in range(30_000)}}),
    "a long HELP of many samples": (
        "duplicate", "# HELP good " + "h" * 600_000 + "\n" + "good 1\n" * 50_000),
    "a number beyond a double": ("non_finite", '{"bad": 1e400, "good": 1}'),
}


def redirects(exchange):
    exchange.answer(307, None, "", f"Location: {exchange.daemon.url}/metrics/")


def sends_gzip(exchange):
    """Sends gzip without a Content-Encoding header."""
    body = gzip.compress(b'{"good": 1}')
    exchange.head(200, f"Content-Length: {len(body)}")
    exchange.send(body)


class HintTest(IntegrationTest):
    """The error describes the fault of the peer."""

    GZIP = "the body is gzip, which was not asked for"

    def check(self, url, error, reason="parse"):
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={url}")
        poll = exporter.wait_poll("peer.stats")
        self.assertEqual((poll["reason"], poll["error"]), (reason, error))

    def test_over_http(self):
        peer = self.enterContext(FakeDaemon())
        moved = f"HTTP 307: moved to {peer.url}/metrics/; redirects are not followed"
        for behaviour, *told in ((redirects, moved, "http_status"), (sends_gzip, self.GZIP),
                                 (compresses(b'{"good": 1}'), self.GZIP)):
            with self.subTest(told):
                peer.script("/stats", behaviour)
                self.check(f"{peer.url}/stats", *told)
        self.assertNotIn(("GET", "/metrics/"), peer.calls)

    def test_on_a_unix_socket(self):
        peer = self.stats_socket(
            lambda connection, _: connection.sendall(gzip.compress(b'{"good": 1}')))
        self.check(peer.address, self.GZIP)


class SkippedTest(IntegrationTest):
    """Dropped values are named in the log before the poll's line, and on the landing page."""

    def test_values_of_no_type(self):
        peer = self.stats_socket(says('{"<b>": "text", "good": 1}'))
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={peer.address}")
        poll = exporter.wait_poll("peer.stats", result="ok")
        line, = (line for line in exporter.log[:poll["at"]] if line.get("msg") == "skipped")
        self.assertEqual((line["collector"], line["reason"], line["count"]),
                         ("peer.stats", "type", "1"))
        self.assertIn("1 value skipped: type (<b>)", exporter.get("/")[2])
        page = exporter.get("/", Accept="text/html")[2]
        self.assertIn("1 value skipped: type (&lt;b&gt;)", page)
        self.assertNotIn("<b>", page)


class HostilePeerTest(IntegrationTest):
    def check(self, url, reason, **options):
        daemon = self.daemon()
        timeout = ["--peer.timeout=1500ms"] if reason == "timeout" else []
        exporter = self.exporter(
            f"--ipfs.api={daemon.url}", f"--peer.stats={url}", "--peer.interval=200ms",
            *timeout, **options)
        poll = exporter.wait_poll("peer.stats")
        self.assertEqual((poll["result"], poll.get("reason")), ("failed", reason))
        for collector in ("ipfs.health", "ipfs.bandwidth"):
            exporter.wait_poll(collector, result="ok")
        page = exporter.page()
        self.assertEqual(page.value("ipfs_up"), 1)
        self.assertEqual(page.value("peer_up"), 0)
        self.assertGreaterEqual(page.value("ipfs_peer_exporter_collector_errors_total",
                                           collector="peer.stats", reason=reason) or 0, 1)
        self.check_memory(exporter)
        log = exporter.log
        exporter.close()
        return log

    def test_on_a_unix_socket(self):
        for name, (reason, behaviour) in UNIX.items():
            with self.subTest(name):
                self.check(self.stats_socket(behaviour).address, reason)

    def test_over_http(self):
        for name, (reason, behaviour) in HTTP.items():
            with self.subTest(name):
                peer = self.enterContext(FakeDaemon())
                peer.script("/stats", behaviour)
                self.check(f"{peer.url}/stats", reason)

    def test_documents(self):
        for name, (reason, document) in DOCUMENTS.items():
            with self.subTest(name):
                text = document if isinstance(document, str) else json.dumps(document)
                exporter = self.exporter(
                    "--ipfs.api=none", f"--peer.stats={self.stats_socket(says(text)).address}",
                    "--peer.interval=1h")
                exporter.wait_poll("peer.stats", result="ok")
                self.check_cost("seconds of a processor", exporter.cpu_seconds(), 1)
                page = exporter.page()
                self.assertEqual(page.value("peer_good"), 1)
                self.assertGreater(page.value("ipfs_peer_exporter_skipped_samples_total",
                                              collector="peer.stats", reason=reason), 0)
                self.assertLess(len(exporter.get("/metrics")[2]), 1 << 20)
                self.check_memory(exporter)
                exporter.close()

    def test_no_socket(self):
        self.check(f"unix:{self.temporary()}/none.sock", "connect")

    def test_nobody_listens(self):
        stale = self.temporary() / "stale.sock"
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(str(stale))
        self.check(f"unix:{stale}", "connect")

    def test_permission_refused(self):
        folder = self.temporary()
        folder.chmod(0o755)
        socket_path = folder / "stats.sock"
        self.enterContext(StatsSocket(socket_path, says("{}")))
        socket_path.chmod(0o000)
        # Root has every permission, so the exporter runs as another user then.
        user = NOBODY if os.geteuid() == 0 else None
        binary = shutil.copy(BINARY, folder)
        if not os.access(binary, os.X_OK):
            self.skipTest(f"{folder.parent} is mounted noexec")
        log = self.check(f"unix:{socket_path}", "auth", user=user, binary=binary)
        told = [line["text"] for line in log if "0000" in line["text"]]
        self.assertTrue(told, "no line shows the mode of the socket")


def closes_its_half(document):
    """Shuts down the write side and waits for the exporter to close."""
    def behaviour(connection, peer):
        connection.sendall(document)
        connection.shutdown(socket.SHUT_WR)
        peer.stopping.wait()
    return behaviour


def byte_by_byte(document):
    def behaviour(connection, _):
        for byte in document:
            connection.sendall(bytes([byte]))
    return behaviour


class SlowPeerTest(IntegrationTest):
    def test_a_document_arrives_all_the_same(self):
        for name, behaviour in {
                "half closed": closes_its_half(b"a 1\n"),
                "byte by byte": byte_by_byte(b'{"a": 1, "b": ' + b" " * 500 + b"2}"),
        }.items():
            with self.subTest(name):
                exporter = self.exporter(
                    "--ipfs.api=none", f"--peer.stats={self.stats_socket(behaviour).address}")
                exporter.wait_poll("peer.stats", result="ok")
                self.assertEqual(exporter.page().value("peer_a"), 1)


class ChangingPeerTest(IntegrationTest):
    """The page follows a peer that restarts or is replaced."""

    def start(self, path, text):
        peer = self.enterContext(StatsSocket(path, says(text)))
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={peer.address}",
                                 "--peer.interval=50ms")
        exporter.wait_poll("peer.stats", result="ok")
        return peer, exporter

    def page_of(self, exporter, peer, text):
        """The page after the peer wrote `text`."""
        before = len(exporter.log)
        peer.behaviour = says(text)
        # The first poll that ends after the change may have begun before it.
        poll = exporter.wait_poll("peer.stats", before, result="ok")
        exporter.wait_poll("peer.stats", poll["at"], result="ok")
        return exporter.page()

    def test_from_poll_to_poll(self):
        peer, exporter = self.start(self.temporary() / "stats.sock",
                                    "# TYPE a gauge\na 1\nb_total 7\nc 1\n")
        self.assertEqual(exporter.page().families["peer_a"].type, "gauge")
        for said, series, kind in [
                ("# TYPE a counter\na 5\n", {"peer_a": 5}, "counter"),
                ("# TYPE a counter\na 2\n", {"peer_a": 2}, "counter"),  # it was restarted
                ("# TYPE a summary\na_sum 1\na_count 1\n", {"peer_a_sum": 1}, "summary"),
                ('{"a": 3}', {"peer_a": 3}, "gauge"),
                ("a=4\n", {"peer_a": 4}, "gauge")]:
            with self.subTest(said):
                page = self.page_of(exporter, peer, said)
                self.assertEqual(page.names("peer_"), {"peer_up", "peer_a"})
                self.assertEqual(page.families["peer_a"].type, kind)
                for name, value in series.items():
                    self.assertEqual(page.value(name), value)

    def test_a_socket_that_is_replaced(self):
        path = self.temporary() / "stats.sock"
        peer, exporter = self.start(path, '{"a": 1, "old": 1}')
        peer.stop()
        gone = exporter.wait_poll("peer.stats", len(exporter.log), result="failed",
                                  reason="connect")
        page = exporter.page()
        self.assertEqual(page.value("peer_up"), 0)
        self.assertEqual(page.value("peer_a"), 1)  # for three intervals, at least a minute
        self.enterContext(StatsSocket(path, says('{"a": 2}')))
        exporter.wait_poll("peer.stats", gone["at"], result="ok")
        page = exporter.page()
        self.assertEqual((page.value("peer_up"), page.value("peer_a")), (1, 2))
        self.assertIsNone(page.value("peer_old"))


if __name__ == "__main__":
    unittest.main()
