"""Invalid replies: the right reason is counted, and other collectors are not affected."""

import itertools
import unittest

from harness import LARGE_REPLY, IntegrationTest
from fake_daemon import (announces, answers, breaks_off, closes, compresses, drips,
                         falls_short, hangs, hangs_after, resets, sends, streams)

KIB64 = b"x" * 65536
BANDWIDTH = '{"TotalIn":1,"TotalOut":2,"RateIn":0,"RateOut":0}\n'
CONNECTION = '{"Addr":"/ip4/192.0.2.1/tcp/4001","Peer":"QmPeer","Latency":"1ms","Direction":1}'
PAGE = "<!DOCTYPE html><html><body>Welcome to the router</body></html>"
DENIED = "Kubo RPC Access Denied: Please provide a valid authorization token"
TRAILER = {"X-Stream-Error": "no LAN client found"}
CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def redirects(exchange):
    exchange.answer(301, None, "", "Location: https://elsewhere.invalid/")


# Errors of any reply.
EVERYWHERE = {
    "half a document": ("parse", answers('{"Peers":[{"TotalIn":1,"Ver')),
    "HTML": ("parse", answers(PAGE, content_type="text/html")),
    "100,000 brackets": ("parse", answers("[" * 100_000)),
    "100,000 brackets, closed": ("parse", answers("[" * 100_000 + "]" * 100_000)),
    "text after the document": ("parse", answers(BANDWIDTH + "x")),
    "a NUL and more": ("parse", answers(BANDWIDTH + "\0x")),
    "compressed": ("parse", compresses(BANDWIDTH.encode())),
    "another object": ("schema", answers('{"Other":1}')),
    "a number": ("schema", answers("1")),
    "64 MB": ("too_large", streams(b'{"Version":"', KIB64, 1024, b'"}')),
    "endless": ("too_large", streams(b'{"Peers":["', KIB64)),
    "403": ("auth", answers(DENIED, 403, "text/plain")),
    "401": ("auth", answers(DENIED, 401, "text/plain")),
    "500 with HTML": ("http_status", answers(PAGE, 500, "text/html")),
    "503": ("http_status", answers("", 503, "text/plain")),
    "redirect": ("http_status", answers("", 302, "text/plain")),
    "redirect to a place": ("http_status", redirects),
    "trailer error": ("stream", answers(BANDWIDTH, trailers=TRAILER)),
    "broken off": ("stream", breaks_off(b'{"Peers":[')),
    "content-length short": ("stream", falls_short(BANDWIDTH.encode())),
    "a bad chunk": ("stream", sends(CHUNKED_HEAD + b"zz\r\n")),
    "not HTTP": ("parse", sends(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "closed": ("connect", closes),
    "reset": ("connect", resets),
}
# Replies that only a timeout ends.
SLOW = {
    "nothing for ever": ("timeout", hangs),
    "stops halfway": ("timeout", hangs_after(b"{")),
    "a byte now and then": ("timeout", drips(0.05)),
}
# A document, a reply of elements, and the call that determines ipfs_up.
CALLS = {"bandwidth": "stats/bw", "swarm": "swarm/peers", "health": "version"}
SMALL = {"64 MB announced": ("too_large", announces(64 << 20))}
STREAMED = {
    "elements of another kind": ("schema", answers('{"Peers":[1,2]}')),
    "a large element": ("too_large", streams(b'{"Peers":[{"Peer":"', KIB64, 2, b'"}]}')),
    "broken off between elements": ("stream", breaks_off(f'{{"Peers":[{CONNECTION},'.encode())),
    "trailer after the elements": (
        "stream", answers(f'{{"Peers":[{CONNECTION}]}}', trailers=TRAILER)),
}
SLOW_STREAMED = {
    "stopped between elements": ("timeout", hangs_after(f'{{"Peers":[{CONNECTION},'.encode())),
}


class HostileDaemonTest(IntegrationTest):
    def start(self, collector, behaviour, *flags):
        daemon = self.daemon()
        daemon.script(CALLS[collector], behaviour)
        return self.exporter(
            f"--ipfs.api={daemon.url}", *flags,
            # These collectors share a path with bandwidth and swarm.
            "--no-collector.ipfs.bandwidth_protocols", "--no-collector.ipfs.agents",
            f"--collector.ipfs.{collector}=1h")  # one poll is enough

    def check(self, collector, exporter, reason):
        poll = exporter.wait_poll(f"ipfs.{collector}")
        self.assertEqual((poll["result"], poll.get("reason")), ("failed", reason))
        if collector != "health":
            for other in ("ipfs.health", "ipfs.repo"):
                exporter.wait_poll(other, result="ok")
        page = exporter.page()
        self.assertEqual(page.value("ipfs_up"), collector != "health")
        errors = page.series("ipfs_peer_exporter_collector_errors_total")
        # ipfs.peering needs the list of ipfs.swarm and fails with the same reason.
        failing = {f"ipfs.{collector}"} | ({"ipfs.peering"} if collector == "swarm" else set())
        found = {(labels["collector"], labels["reason"]) for labels in map(dict, errors)}
        self.assertEqual({name for name, _ in found} | failing, failing)
        self.assertEqual({why for _, why in found}, {reason})
        self.assertIn((f"ipfs.{collector}", reason), found)
        self.assertEqual(exporter.get("/-/ready")[0], 200)
        self.check_memory(exporter)
        exporter.close()

    def check_all(self, collector, cases, slow):
        # All timeouts run at once.
        waiting = {name: self.start(collector, behaviour, "--ipfs.timeout=5s")
                   for name, (_, behaviour) in slow.items()}
        for name, (reason, behaviour) in cases.items():
            with self.subTest(name):
                self.check(collector, self.start(collector, behaviour), reason)
        for name, exporter in waiting.items():
            with self.subTest(name):
                self.check(collector, exporter, slow[name][0])

    def test_a_small_reply(self):
        self.check_all("bandwidth", EVERYWHERE | SMALL, SLOW)

    def test_a_reply_of_elements(self):
        self.check_all("swarm", EVERYWHERE | STREAMED, SLOW | SLOW_STREAMED)

    def test_the_reply_that_says_up(self):
        self.check_all("health", EVERYWHERE | SMALL, SLOW)

    def test_what_serves_http_but_no_rpc_api_is_said_to_be_none(self):
        self.check("health", self.start(
            "health", answers("404 page not found", 404, "text/plain")), "http_status")

    def test_no_answer_counts_more_than_an_error_before_it(self):
        """A timeout after another error ends the poll and is the reason in the log."""
        daemon = self.daemon()
        calls = itertools.count()
        daemon.script("stats/bw", lambda exchange: (
            hangs if next(calls) % 2 else answers("", 500, "text/plain"))(exchange))
        exporter = self.exporter(
            f"--ipfs.api={daemon.url}", "--ipfs.timeout=2s", "--collector.disable-defaults",
            "--collector.ipfs.bandwidth_protocols=1h")
        exporter.wait_poll("ipfs.bandwidth_protocols", result="failed", reason="timeout")
        self.assertEqual(exporter.page().value(
            "ipfs_peer_exporter_collector_errors_total",
            collector="ipfs.bandwidth_protocols", reason="http_status"), 1)

    def test_what_fails_in_ipfs_health_is_logged(self):
        daemon = self.daemon("v0.44.0-dev/online")
        daemon.script("diag/healthy", answers(DENIED, 403, "text/plain"))
        exporter = self.exporter(f"--ipfs.api={daemon.url}", "--collector.ipfs.health=200ms")
        exporter.wait_log({"msg": "collector fails", "collector": "ipfs.health",
                           "reason": "auth"})
        daemon.script("diag/healthy", None)
        exporter.wait_log({"msg": "collector works again", "collector": "ipfs.health"})

    def test_many_connections_are_only_a_large_node(self):
        piece = (CONNECTION + ",").encode() * 1000
        pieces = LARGE_REPLY // len(piece)
        exporter = self.start(
            "swarm", streams(b'{"Peers":[', piece, pieces, CONNECTION.encode() + b"]}"))
        exporter.wait_poll("ipfs.swarm", result="ok")
        self.assertEqual(exporter.page().value(
            "ipfs_swarm_connections", direction="inbound", transport="tcp"), 1000 * pieces + 1)
        self.check_memory(exporter)

    def test_invented_peers_cost_no_memory(self):
        def invents_peers(exchange):
            exchange.begin_chunked()
            exchange.chunk(b'{"Peers":[')
            for number in range(0, 1 << 20, 1000):
                peers = (f'{{"Peer":"{number + i:x}"}},' for i in range(1000))
                exchange.chunk("".join(peers).encode())

        exporter = self.start("swarm", invents_peers)
        exporter.wait_poll("ipfs.swarm", result="failed", reason="too_large")
        self.check_memory(exporter)

    def test_an_empty_reply_means_that_the_call_is_not_there(self):
        exporter = self.start("bandwidth", answers(""))
        exporter.wait_poll("ipfs.bandwidth", result="unsupported")
        self.assertEqual(exporter.page().names("ipfs_bandwidth"), set())

    def test_a_bad_reply_leaves_the_last_good_values(self):
        daemon = self.daemon()
        exporter = self.exporter(
            f"--ipfs.api={daemon.url}", "--collector.ipfs.bandwidth=200ms")
        exporter.wait_poll("ipfs.bandwidth", result="ok")
        before = exporter.page().series("ipfs_bandwidth_sent_bytes_total")
        daemon.script("stats/bw", answers(PAGE))
        exporter.wait_poll("ipfs.bandwidth", result="failed", reason="parse")
        page = exporter.page()
        self.assertEqual(page.series("ipfs_bandwidth_sent_bytes_total"), before)
        self.assertEqual(page.value("ipfs_peer_exporter_collector_success",
                                    collector="ipfs.bandwidth"), 0)


if __name__ == "__main__":
    unittest.main()
