"""Some calls of the daemon fail: state of the other collectors and of the daemon."""

import subprocess
import time
import unittest

from harness import BINARY, IntegrationTest, clean_environment, slow
from fake_daemon import answers, hangs

OURS = "ipfs_peer_exporter_collector"
LIMITED = answers("<html>Too many requests</html>", 429, "text/html")


class InputTest(IntegrationTest):
    """ipfs.peering reads the peer list of ipfs.swarm."""

    def start(self, behaviour, *flags):
        fake = self.daemon()
        fake.script("swarm/peers", behaviour)
        return fake, self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.timeout=500ms", "--collector.disable-defaults",
            "--collector.ipfs.peering=200ms", *flags)

    def check_failed(self, behaviour, reason):
        fake, running = self.start(behaviour, "--collector.ipfs.swarm=200ms")
        poll = running.wait_poll("ipfs.peering")
        self.assertEqual((poll["result"], poll["reason"]), ("failed", reason))
        self.assertTrue(poll["error"].startswith("not asked: ipfs.swarm fails: "), poll)
        page = running.page()
        for what, value in (("supported", 1), ("success", 0)):
            self.assertEqual(page.value(f"{OURS}_{what}", collector="ipfs.peering"), value)
        self.assertGreaterEqual(page.value(f"{OURS}_errors_total", collector="ipfs.peering",
                                           reason=reason), 1)
        self.assertNotIn(("POST", "/api/v0/swarm/peering/ls"), fake.calls)
        return fake, running

    def test_it_fails_when_that_fails(self):
        for reason, behaviour in (("http_status", answers("", 500, "text/plain")),
                                  ("http_status", answers("", 429, "text/plain")),
                                  ("timeout", hangs)):
            with self.subTest(reason):
                self.check_failed(behaviour, reason)

    def test_it_works_again_when_that_does(self):
        fake, running = self.check_failed(answers("", 500, "text/plain"), "http_status")
        fake.script("swarm/peers", None)
        running.wait_poll("ipfs.peering", result="ok")

    def test_it_is_said_that_the_other_is_off(self):
        fake, running = self.start(None)
        running.wait_log({"collector": "ipfs.peering", "needs": "ipfs.swarm", "level": "warn"})
        running.wait_poll("ipfs.peering", result="unsupported")
        self.assertNotIn(("POST", "/api/v0/swarm/peering/ls"), fake.calls)

    def test_it_waits_until_a_new_daemon_is_learned(self):
        """A counter falls and ipfs.health polls a second later. Until then the peer list is not
        known, which is not a failure."""
        fake = self.daemon()
        running = self.exporter(
            f"--ipfs.api={fake.url}", "--collector.disable-defaults",
            "--collector.ipfs.health=1s", "--collector.ipfs.bandwidth=100ms",
            "--collector.ipfs.swarm=1h", "--collector.ipfs.peering=100ms")
        running.wait_poll("ipfs.bandwidth", result="ok")  # a counter can fall now
        at = running.wait_poll("ipfs.peering", result="ok")["at"]
        fake.script("stats/bw", answers('{"TotalIn":1,"TotalOut":1,"RateIn":0,"RateOut":0}'))
        seen = fake.wait_for_call("commands")
        seen = fake.wait_for_call("commands", seen)
        fake.wait_for_call("swarm/peering/ls", seen)
        running.wait_poll("ipfs.peering", len(running.log), result="ok")
        results = {line["result"] for line in running.log[at:]
                   if line.get("collector") == "ipfs.peering"}
        self.assertEqual(results, {"ok"})

    def test_once(self):
        fake = self.daemon()
        fake.script("swarm/peers", answers("", 500, "text/plain"))
        result = subprocess.run(
            [BINARY, "--once", f"--ipfs.api={fake.url}"], check=False,
            capture_output=True, text=True, timeout=30, env=clean_environment())
        self.assertEqual(result.returncode, 1)
        self.assertIn("ipfs.peering: failed: http_status: not asked: ipfs.swarm fails: HTTP 500",
                      result.stderr)


class LimitTest(IntegrationTest):
    """A proxy in front of the daemon limits the rate of calls."""

    def setUp(self):
        self.fake = self.daemon()

    def start(self):
        return self.exporter(f"--ipfs.api={self.fake.url}", "--collector.ipfs.health=200ms",
                             "--collector.ipfs.repo=200ms")

    def test_a_limited_version_does_not_take_the_daemon_for_down(self):
        running = self.start()
        running.wait_poll("ipfs.repo", result="ok")
        self.fake.script("version", LIMITED)
        failed = running.wait_log({"msg": "collector fails", "collector": "ipfs.health"})
        self.assertEqual((failed["reason"], failed["error"]), ("http_status", "HTTP 429"))
        running.wait_poll("ipfs.repo", failed["at"], result="ok")
        page = running.page()
        self.assertEqual(page.value("ipfs_up"), 1)
        self.assertEqual(page.value(f"{OURS}_success", collector="ipfs.health"), 0)
        self.assertGreaterEqual(page.value(f"{OURS}_errors_total", collector="ipfs.health",
                                           reason="http_status"), 2)
        self.fake.script("version", None)
        running.wait_log({"msg": "collector works again", "collector": "ipfs.health"})
        self.assertFalse([line for line in running.log if line.get("msg") == "daemon down"])
        self.assertEqual([target for _, target in self.fake.calls].count("/api/v0/commands"), 1)

    def test_a_limited_call_is_a_failed_one(self):
        self.fake.script("repo/stat", LIMITED)
        running = self.start()
        running.wait_poll("ipfs.repo", result="failed", reason="http_status")
        self.assertEqual(running.page().value("ipfs_up"), 1)

    def test_who_never_answered_is_down(self):
        self.fake.script_all(LIMITED)
        running = self.start()
        down = running.wait_log({"msg": "daemon down"})
        self.assertEqual((down["reason"], down["error"]), ("http_status", "HTTP 429"))
        self.assertEqual(running.page().value("ipfs_up"), 0)
        self.fake.script_all(None)
        running.wait_collectors()

    @slow
    def test_who_answers_nothing_else_for_a_minute_is_down(self):
        running = self.start()
        running.wait_collectors()
        self.fake.script_all(LIMITED)
        began = time.monotonic()
        running.wait_log({"msg": "daemon down"}, timeout=75)
        self.assertGreaterEqual(time.monotonic() - began, 59)


if __name__ == "__main__":
    unittest.main()
