"""Number of calls to a daemon at once, order of waiting calls, full Unix listeners."""

import contextlib
import socket
import subprocess
import unittest

from harness import BINARY, COLLECTORS, FakeDaemon, IntegrationTest, clean_environment, recording
from fake_daemon import Gate, answers, hangs

SLOTS = 4
HEALTH = ("version", "commands", "diag/healthy")
OURS = "ipfs_peer_exporter_collector"
OFTEN = "--collector.ipfs.health=200ms"


def is_long(target):
    """Whether this is a call of ipfs.objects or ipfs.pins."""
    return target.startswith("/api/v0/pin/ls") or target == "/api/v0/repo/stat"


class SlotsTest(IntegrationTest):
    def start(self, *flags):
        """A daemon that holds all calls except calls of ipfs.health; long calls never return."""
        fake = self.daemon()
        gate = Gate(*HEALTH)
        fake.script_all(lambda exchange: (hangs if is_long(exchange.target) else gate)(exchange))
        return fake, gate, self.exporter(f"--ipfs.api={fake.url}", *flags)

    def wait_health(self, running, polls, **wanted):
        at = len(running.log)
        for _ in range(polls):
            at = running.wait_poll("ipfs.health", at, **wanted)["at"]

    def test_four_calls_and_a_long_one_while_health_goes_on(self):
        fake, gate, running = self.start(
            "--ipfs.timeout=60s", OFTEN, "--collector.ipfs.pins", "--collector.ipfs.objects")
        gate.wait_seen(SLOTS)
        self.wait_health(running, 3, result="ok")
        self.assertEqual(len(gate.held), SLOTS, gate.held)
        # Each release lets one call follow, even if it is the last one of its collector.
        for seen in range(SLOTS + 1, SLOTS + 8):
            gate.let_by(1)
            gate.wait_seen(seen)
            self.assertLessEqual(len(gate.held), SLOTS)
        gate.let_by(1000)
        running.wait_collectors()
        self.assertEqual(running.page().value("ipfs_up"), 1)
        # Long calls share one slot, in any order.
        self.assertEqual(sum(is_long(target) for _, target in fake.calls), 1)

    def test_waiting_is_neither_duration_nor_timeout(self):
        """Eight collectors time out in two rounds before the last one gets a slot."""
        fake = self.daemon()
        fake.script_all(lambda exchange: (
            fake.answer_as_recorded if exchange.path.removeprefix("/api/v0/") in
            (*HEALTH, "diag/sys") else hangs)(exchange))
        running = self.exporter(f"--ipfs.api={fake.url}", "--ipfs.timeout=1s")
        poll = running.wait_poll("ipfs.system")
        self.assertEqual(poll["result"], "ok")
        failed = [line for line in running.log if line.get("reason") == "timeout"]
        self.assertGreaterEqual(len(failed), 2 * SLOTS)
        page = running.page()
        self.assertLess(page.value(f"{OURS}_duration_seconds", collector="ipfs.system"), 1)

    def test_who_waits_when_the_daemon_goes_down_is_asked_once_it_is_up(self):
        fake, gate, running = self.start("--ipfs.timeout=60s", OFTEN)
        gate.wait_seen(SLOTS)
        fake.script_all(lambda exchange: (
            answers("", 500) if exchange.path.endswith("/version") else gate)(exchange))
        running.wait_log({"msg": "daemon down"})
        gate.let_by(1000)
        at = len(running.log)
        self.wait_health(running, 3, result="failed")
        begun = len(fake.calls)
        self.wait_health(running, 3, result="failed")
        self.assertEqual({target.removeprefix("/api/v0/") for _, target in fake.calls[begun:]}
                         - set(HEALTH), set())
        fake.script_all(None)
        back = len(fake.calls)
        running.wait_collectors(at)
        for target in ("diag/sys", "repo/stat?size-only=true"):
            self.assertEqual([call for _, call in fake.calls[back:]].count(f"/api/v0/{target}"), 1)


class FullListenerTest(IntegrationTest):
    """A Unix socket with an accept queue of one, like socat's, that accepts slowly."""

    def slow_listener(self):
        path = self.temporary() / "api.sock"
        return self.enterContext(FakeDaemon(
            recording("v0.42.0/online"), f"unix:{path}", backlog=1, pause=0.05))

    def test_no_collector_fails(self):
        fake = self.slow_listener()
        running = self.exporter(f"--ipfs.api={fake.url}")
        for name in COLLECTORS:
            self.assertEqual(running.wait_poll(f"ipfs.{name}")["result"], "ok", name)
        self.assertNotIn("failed", {line.get("result") for line in running.log})

    def test_once(self):
        result = subprocess.run(
            [BINARY, "--once", f"--ipfs.api={self.slow_listener().url}"], check=False,
            capture_output=True, text=True, timeout=30, env=clean_environment())
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_one_that_is_never_taken_is_a_timeout(self):
        path = self.temporary() / "api.sock"
        with contextlib.ExitStack() as stack:
            listening, waiting = (stack.enter_context(socket.socket(socket.AF_UNIX))
                                  for _ in range(2))
            listening.bind(str(path))
            listening.listen(0)
            waiting.connect(str(path))
            running = self.exporter(f"--ipfs.api=/unix{path}", "--ipfs.timeout=300ms",
                                    f"--peer.stats=unix:{path}", "--peer.timeout=300ms")
            for name in ("ipfs.health", "peer.stats"):
                poll = running.wait_poll(name, result="failed", reason="timeout")
                self.assertEqual(poll["error"], f"{path}: the listener's queue is full")
                self.assertGreaterEqual(float(poll["duration"]), 0.3)
        self.assertFalse([line for line in running.log if "Success" in line["text"]])


if __name__ == "__main__":
    unittest.main()
