"""Relaying of the daemon's own metrics: a valid page unchanged, nothing of a broken one."""

import unittest

from harness import IntegrationTest, recording
from cells import expected, flags
from collectors.native import PROCESS
from fake_daemon import answers, breaks_off, drips, hangs, hangs_after, sends, streams

DAEMON = "v0.42.0/online"
PATH = "/debug/metrics/prometheus"
PAGE = "text/plain; version=0.0.4; charset=utf-8"
MAX_SERIES = 5000
KIB64 = b"x" * 65536
GOOD = "# HELP ipfs_good Good.\n# TYPE ipfs_good gauge\nipfs_good 1\n"
OTHERS = ("health", "identity", "swarm", "bitswap", "repo")


def says(text):
    return answers(text, content_type=PAGE)


def many_series(count):
    """A family with this many series."""
    head = b"# HELP ipfs_many Many.\n# TYPE ipfs_many counter\n"
    lines = b"".join(b'ipfs_many{number="%d"} 1\n' % number for number in range(count))
    return sends(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n"
                 b"Connection: close\r\nContent-Length: %d\r\n\r\n%s"
                 % (len(head + lines), head + lines))


# Invalid pages: the poll fails with this reason, and no part of the page is served.
BROKEN = {
    "500": ("http_status", answers("no", 500, "text/plain")),
    "HTML": ("parse", answers("<!DOCTYPE html><p>Hello</p>\n", content_type="text/html")),
    "JSON": ("parse", answers('{"Message":"no"}')),
    "a line without end": ("too_large", streams(b"ipfs_long{a=\"", KIB64, 40)),
    "a broken escape": ("parse", says(GOOD + 'ipfs_good{a="\\x"} 1\n')),
    "no value": ("parse", says(GOOD + "ipfs_bad\n")),
    "a NUL": ("parse", says(GOOD + "ipfs_bad\0 1\n")),
    "bytes that are not UTF-8": ("parse", sends(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
        b"Content-Length: 18\r\n\r\nipfs_bad{a=\"\xff\"} 1\n")),
    "a series twice": ("parse", says(GOOD + "ipfs_good 2\n")),
    "a family twice": ("parse", says(GOOD + "# TYPE ipfs_b gauge\nipfs_b 1\n" + GOOD)),
    "too many series": ("too_large", many_series(MAX_SERIES + 1)),
    "too many bytes": ("too_large", streams(b"# a remark\n", b"# a remark\n" * 4096, 64)),
    "broken off": ("stream", breaks_off(GOOD.encode())),
}
SLOW = {  # ended only by a timeout
    "half a page for ever": ("timeout", hangs_after(GOOD.encode())),
    "nothing for ever": ("timeout", hangs),
    "a byte now and then": ("timeout", drips(0.05)),
}


class NativeTest(IntegrationTest):
    def start(self, behaviour, *more):
        fake = self.daemon(DAEMON)
        fake.script(PATH, behaviour)
        exporter = self.exporter(
            f"--ipfs.api={fake.url}", *more, *flags((*OTHERS, "native"), native="200ms"))
        return fake, exporter

    def test_a_good_page(self):
        _, exporter = self.start(None)
        exporter.wait_poll("ipfs.native", result="ok")
        page = exporter.page("/metrics/native")
        wanted = expected("native", recording(DAEMON))
        own = {key: value for key, value in wanted.items() if key[0] in PROCESS.values()}
        self.assertEqual(len(own), len(PROCESS))
        self.assertEqual(page.samples(), {key: value for key, value in wanted.items()
                                          if key not in own})
        self.assertEqual(page.names("ipfs_peer_exporter_"), set())
        for path in ("/metrics", "/metrics/ipfs"):
            ours = exporter.page(path)
            self.assertEqual(ours.names("libp2p_"), set())
            self.assertEqual({key: ours.samples()[key] for key in own}, own)

    def test_process_metrics_of_the_daemon_are_on_no_page(self):
        fake = self.daemon(DAEMON)
        exporter = self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.native-keep=process_,ipfs_info",
            *flags((*OTHERS, "native"), native="200ms"))
        exporter.wait_poll("ipfs.native", result="ok")
        self.assertEqual(exporter.page("/metrics/native").names(""), {"ipfs_info"})
        # process_* on this page describes the exporter.
        self.assertNotEqual(exporter.page().value("process_start_time_seconds"),
                            exporter.page().value("ipfs_daemon_start_time_seconds"))

    def test_a_broken_page_breaks_nothing_else(self):
        # All timeouts run at once.
        waiting = {name: self.start(behaviour, "--ipfs.timeout=5s")
                   for name, (_, behaviour) in SLOW.items()}
        for name, (reason, behaviour) in BROKEN.items():
            with self.subTest(name):
                self.check_broken(reason, *self.start(behaviour))
        for name, started in waiting.items():
            with self.subTest(name):
                self.check_broken(SLOW[name][0], *started)

    def check_broken(self, reason, _, exporter):
        poll = exporter.wait_poll("ipfs.native")
        self.assertEqual((poll["result"], poll.get("reason")), ("failed", reason))
        for other in OTHERS:
            exporter.wait_poll(f"ipfs.{other}", result="ok")
        self.assertEqual(exporter.page().value("ipfs_up"), 1)
        self.assertEqual(exporter.page("/metrics/native").samples(), {})
        self.check_memory(exporter)
        exporter.close()

    def test_a_broken_page_leaves_the_last_good_one(self):
        fake, exporter = self.start(says(GOOD))
        exporter.wait_poll("ipfs.native", result="ok")
        fake.script(PATH, says("not a page"))
        exporter.wait_poll("ipfs.native", result="failed", reason="parse")
        self.assertEqual(exporter.page("/metrics/native").value("ipfs_good"), 1)

    def test_as_many_series_as_may_be(self):
        _, exporter = self.start(many_series(MAX_SERIES))
        exporter.wait_poll("ipfs.native", result="ok")
        self.assertEqual(len(exporter.page("/metrics/native").samples()), MAX_SERIES)


if __name__ == "__main__":
    unittest.main()
