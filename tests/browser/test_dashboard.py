#!/usr/bin/env python3
"""The page at / in Chromium: policy, refresh, search, hostile text, sizes, accessibility."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "integration"))

from harness import PATIENCE, IntegrationTest, says  # noqa: E402
from fake_daemon import answers  # noqa: E402

KIT = TESTS.parent / "build" / "browser"
DRIVER = pathlib.Path(__file__).parent / "driver.cjs"
CHROMIUM = shutil.which("chromium")
SIZES = ((360, 800), (1280, 900), (1920, 1080))
HOSTILE = '<img src=x onerror="document.title=1">\'"&\u202e</td></script>'


class Browser:
    """Chromium with one page."""

    def __init__(self):
        self._process = subprocess.Popen(
            ["node", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"CHROMIUM": CHROMIUM, "PATIENCE": str(PATIENCE),
                              "NODE_PATH": str(KIT / "node_modules")})

    def do(self, command, **more):
        self._process.stdin.write(json.dumps({"command": command, **more}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise AssertionError("the browser has ended")
        reply = json.loads(line)
        if "error" in reply:
            raise AssertionError(f"{command} {more}: {reply['error']}")
        return reply["result"]

    def open(self, exporter, **how):
        return self.do("open", url=f"http://{exporter.address}/", **how)

    def wait(self, until):
        self.do("wait", until=until)

    def evaluate(self, code):
        return self.do("evaluate", code=code)

    def refreshed(self):
        """Waits until the page has refreshed itself once more."""
        self.evaluate("new Promise((done) => document.addEventListener('refreshed',"
                      " () => done(), {once: true}))")

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()


def bandwidth(total):
    return answers(json.dumps({"TotalIn": total, "TotalOut": 0, "RateIn": 0, "RateOut": 0}))


def row(family):
    """A JavaScript expression: the text of a family's table body."""
    return ("[...document.querySelectorAll('tbody')].find((body) =>"
            f" body.querySelector('code')?.textContent === {json.dumps(family)})")


@unittest.skipUnless((KIT / "installed-lock.json").exists() and shutil.which("node") and CHROMIUM,
                     "Chromium or build/browser is not installed: ./check does that")
class DashboardTest(IntegrationTest):
    @classmethod
    def setUpClass(cls):
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.ipfs = self.daemon()
        self.peer = self.stats_socket(says(json.dumps({
            "metrics": [
                {"name": "trainings_total", "value": 7},
                {"name": "model_accuracy_ratio", "value": 0.935},
                {"name": "info", "type": "info", "labels": {"model": HOSTILE}},
                {"name": "rows", "help": HOSTILE, "value": 3, "labels": {"a": HOSTILE}},
            ]})))

    def started(self, *flags):
        """An exporter that has polled both neighbours."""
        exporter = self.exporter(
            f"--ipfs.api={self.ipfs.url}", f"--peer.stats={self.peer.address}",
            "--collector.ipfs.bandwidth=200ms", "--collector.ipfs.health=200ms",
            "--peer.interval=200ms", *flags)
        exporter.wait_collectors()
        exporter.wait_poll("peer.stats", result="ok")
        return exporter

    def check_quiet(self):
        self.assertEqual(self.browser.do("problems"), [])

    def test_cards_and_families(self):
        self.browser.open(self.started())
        cards = self.browser.evaluate(
            "[...document.querySelectorAll('.card')].map((card) => card.innerText)")
        self.assertEqual(len(cards), 2)
        self.assertRegex(cards[0], r"(?s)^IPFS daemon.*up.*0\.42\.0.*Peers.*Repository")
        self.assertRegex(cards[1], r"(?s)^Peer.*up.*Trainings\s+7.*Accuracy\s+93.5 %")
        self.assertIn("Connected peers", self.browser.evaluate(
            f"{row('ipfs_swarm_peers')}.innerText"))
        self.check_quiet()

    def test_lines_move_with_the_numbers(self):
        self.ipfs.script("stats/bw", bandwidth(1000))
        self.browser.open(self.started())
        family = row("ipfs_bandwidth_received_bytes_total")
        self.browser.wait(f"{family}.querySelector('.value').title === '1000'")
        self.browser.wait(f"{family}.querySelector('.trend path')")
        before = self.browser.evaluate(f"{family}.querySelector('.trend').innerHTML")
        self.ipfs.script("stats/bw", bandwidth(900_000))
        self.browser.wait(f"{family}.querySelector('.value').title === '900000'")
        self.browser.wait(
            f"{family}.querySelector('.trend').innerHTML !== {json.dumps(before)}")
        self.browser.wait("/[KM]iB\\/s/.test(document.querySelector('.card').innerText)")
        self.check_quiet()

    def test_a_daemon_that_goes_down_and_comes_back(self):
        exporter = self.started()
        self.browser.open(exporter)
        self.browser.wait("document.querySelector('.card.daemon.up')")
        self.ipfs.stop()
        at = exporter.wait_log({"msg": "daemon down"})["at"]
        # The next refresh has it.
        self.browser.refreshed()
        self.browser.wait("document.querySelector('.card.daemon.down .remedy')")
        self.assertIn("Is the daemon running?", self.browser.evaluate(
            "document.querySelector('.card.daemon').innerText"))
        self.assertIn("paused", self.browser.evaluate(
            "document.querySelector('#c-ipfs\\\\.swarm .state').innerText"))
        self.ipfs.start()
        exporter.wait_log({"msg": "daemon up"}, after=at)
        self.browser.wait("document.querySelector('.card.daemon.up')")
        self.check_quiet()

    def test_an_exporter_that_is_gone(self):
        exporter = self.started()
        self.browser.open(exporter)
        exporter.terminate()
        self.browser.wait("document.querySelector('#live.lost')")
        self.assertEqual("exporter does not answer", self.browser.evaluate(
            "document.querySelector('#live').textContent"))

    def test_refresh_keeps_what_the_reader_did(self):
        self.browser.open(self.started())
        self.browser.evaluate("document.querySelector('#c-ipfs\\\\.repo').open = false")
        self.browser.evaluate("document.querySelector('#c-exporter').open = true")
        self.browser.evaluate("document.querySelector('#c-ipfs\\\\.swarm summary').focus()")
        self.browser.evaluate("window.scrollTo(0, 500)")
        self.browser.wait("window.scrollY === 500")
        self.browser.refreshed()
        self.assertEqual([False, True, "c-ipfs.swarm", 500], self.browser.evaluate(
            "[document.querySelector('#c-ipfs\\\\.repo').open,"
            " document.querySelector('#c-exporter').open,"
            " document.activeElement.parentElement.id, window.scrollY]"))
        self.check_quiet()

    def test_search(self):
        self.browser.open(self.started())
        self.browser.do("press", key="/")
        self.browser.do("type", text="swarm peers")
        shown = ("[...document.querySelectorAll('tbody')].filter((body) => body.checkVisibility())"
                 ".map((body) => body.querySelector('code').textContent)")
        self.browser.wait(f"{shown}.includes('ipfs_swarm_peers')")
        self.assertNotIn("ipfs_repo_size_bytes", self.browser.evaluate(shown))
        # What is found stays found after a refresh.
        self.browser.refreshed()
        self.assertNotIn("ipfs_repo_size_bytes", self.browser.evaluate(shown))
        self.browser.do("press", key="Escape")
        self.browser.wait(f"{shown}.includes('ipfs_repo_size_bytes')")
        self.check_quiet()

    def test_text_of_a_neighbour_stays_text(self):
        self.browser.open(self.started())
        shown = self.browser.evaluate(f"{row('peer_rows')}.textContent")
        self.assertIn('<img src=x onerror="document.title=1">', shown)
        self.assertEqual(0, self.browser.evaluate("document.images.length"))
        self.assertEqual("ipfs_peer_exporter", self.browser.evaluate("document.title"))
        self.browser.refreshed()
        self.assertEqual(0, self.browser.evaluate("document.images.length"))
        self.check_quiet()

    def test_readable_without_script(self):
        self.browser.open(self.started(), script=False)
        shown = self.browser.do("text", selector="main")
        for text in ("Trainings", "ipfs_swarm_peers", "Connected peers", "peer_rows"):
            self.assertIn(text, shown)
        self.assertFalse(self.browser.do("visible", selector="#search"))
        self.check_quiet()

    def test_sizes_and_schemes(self):
        exporter = self.started("--peer.stats=gone=unix:/nowhere/stats.sock")
        exporter.wait_poll("peer.gone", result="failed")
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                with self.subTest(width=width, scheme=scheme):
                    self.browser.open(exporter, width=width, height=height, scheme=scheme)
                    self.browser.evaluate("document.querySelectorAll('details').forEach("
                                          "(one) => { one.open = true })")
                    self.assertLessEqual(self.browser.evaluate(
                        "document.documentElement.scrollWidth"), width)
                    if width != 1280:
                        self.assertEqual(self.browser.do("axe"), [])
                    self.check_quiet()


if __name__ == "__main__":
    unittest.main()
