"""Outages of a neighbour: served series, log and calls during and after them."""

import datetime
import itertools
import json
import time
import unittest

from harness import COLLECTORS, PATIENCE, IntegrationTest, says, slow
from catalogue import foreign
from cells import built_in
from fake_daemon import answers, closes, delayed, hangs

INTERVAL = 1  # seconds, of each collector
HEALTH = {"/api/v0/version", "/api/v0/diag/healthy"}
PEER_SAYS = json.dumps({"trainings_total": 7, "model": {"accuracy": 0.93}})


def now():
    """The time of a log line."""
    return f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


class NeighboursTest(IntegrationTest):
    """An exporter between a daemon and a peer, both polled every INTERVAL."""

    flags = ()

    def setUp(self):
        self.fake = self.daemon()
        self.peer = self.stats_socket(says(PEER_SAYS))
        intervals = [f"--collector.ipfs.{name}={INTERVAL}s" for name in COLLECTORS]
        self.running = self.exporter(
            f"--ipfs.api={self.fake.url}", f"--peer.stats={self.peer.address}",
            f"--peer.interval={INTERVAL}s", *intervals, *self.flags)
        self.running.wait_collectors()
        self.running.wait_poll("peer.stats", result="ok")

    def names(self):
        """The families of the daemon and of the peer, each without the self-metrics."""
        names = self.running.page().names("ipfs_", "peer_")
        names = {name for name in names if not name.startswith("ipfs_peer_exporter_")}
        daemon = {name for name in names if name.startswith("ipfs_")}
        return daemon, names - daemon

    def notable_lines(self, after):
        return [line["text"] for line in self.running.log[after:] if line["level"] != "debug"]

    def check_polls(self, collector, since, never):
        """Since then no poll ended with this result, except the one under way."""
        results = [line["result"] for line in self.running.log if line.get("msg") == "poll"
                   and line["collector"] == collector and line["ts"] > since]
        self.assertLessEqual(results.count(never), 1, collector)
        self.assertEqual(self.running.page().value(
            "ipfs_peer_exporter_collector_interval_seconds", collector=collector), INTERVAL)

    def wait_until_failed(self, collector, neighbour):
        """Stops the neighbour and waits until a poll notices; returns the position in the log."""
        at = len(self.running.log)
        neighbour.stop()
        killed = now()
        self.running.wait_poll(collector, at, result="failed")
        self.check_polls(collector, killed, never="ok")
        return at

    def wait_until_back(self, neighbour, collectors):
        """Starts the neighbour and waits until each collector has polled it."""
        at = len(self.running.log)
        neighbour.start()
        restarted = now()
        for collector in collectors:
            self.running.wait_poll(collector, at, result="ok")
        for collector in collectors:
            self.check_polls(collector, restarted, never="failed")


class OutageTest(NeighboursTest):
    def test_the_daemon(self):
        before = self.names()
        self.assertIn("peer_up", before[1])
        at = self.wait_until_failed("ipfs.health", self.fake)
        page = self.running.page()
        self.assertEqual(page.value("ipfs_up"), 0)
        self.assertEqual(page.value("peer_up"), 1)
        self.assertEqual(page.value("peer_trainings_total"), 7)
        self.assertEqual(self.names()[1], before[1])
        # Polls of the peer go on unchanged while the exporter retries the daemon.
        for _ in range(3):
            poll = self.running.wait_poll("ipfs.health", len(self.running.log))
            self.assertEqual(poll["result"], "failed")
        self.running.wait_poll("peer.stats", at, result="ok")

        self.wait_until_back(self.fake, [f"ipfs.{name}" for name in COLLECTORS])
        self.assertEqual(self.running.page().value("ipfs_up"), 1)
        self.assertEqual(self.names(), before)
        self.assertLessEqual(len(self.notable_lines(at)), 3, self.notable_lines(at))
        self.assertGreaterEqual(len(self.notable_lines(at)), 2)

    def test_the_peer(self):
        before = self.names()
        at = self.wait_until_failed("peer.stats", self.peer)
        page = self.running.page()
        self.assertEqual(page.value("peer_up"), 0)
        self.assertEqual(page.value("ipfs_up"), 1)
        self.assertEqual(self.names()[0], before[0])
        for _ in range(3):
            poll = self.running.wait_poll("peer.stats", len(self.running.log))
            self.assertEqual(poll["result"], "failed")
        self.running.wait_poll("ipfs.health", at, result="ok")

        self.wait_until_back(self.peer, ["peer.stats"])
        page = self.running.page()
        self.assertEqual(page.value("peer_up"), 1)
        self.assertEqual(page.value("peer_model_accuracy"), 0.93)
        self.assertEqual(self.names(), before)
        self.assertLessEqual(len(self.notable_lines(at)), 3, self.notable_lines(at))
        self.assertGreaterEqual(len(self.notable_lines(at)), 2)

    def test_a_daemon_that_is_down_is_only_asked_whether_it_is_up(self):
        self.fake.script_all(answers('{"Message":"no","Code":0,"Type":"error"}', status=500))
        self.running.wait_poll("ipfs.health", len(self.running.log), result="failed")
        # Calls under way may still arrive; after the next poll there are no others.
        self.running.wait_poll("ipfs.health", len(self.running.log), result="failed")
        begin = len(self.fake.calls)
        end = begin
        for _ in range(4):
            end = self.fake.wait_for_call("version", end)
        self.assertEqual(
            {target for _, target in self.fake.calls[begin:]} - HEALTH, set())

    def test_only_calls_of_the_catalogue_are_made(self):
        seen = 0
        for _ in range(2):
            seen = self.fake.wait_for_call("repo/stat", seen)
        self.assertEqual(foreign(self.fake.calls, *built_in()), set())


class HungPeerTest(NeighboursTest):
    flags = ("--peer.timeout=2s",)

    def test_a_peer_that_hung_is_back_as_fast(self):
        self.peer.behaviour = lambda _, peer: peer.stopping.wait()
        at = len(self.running.log)
        self.running.wait_poll("peer.stats", at, result="failed", reason="timeout")
        self.peer.stop()
        self.peer.behaviour = says(PEER_SAYS)
        self.wait_until_back(self.peer, ["peer.stats"])


def always_falls():
    """Bandwidth replies as behind an address that is shared by several daemons."""
    received = itertools.count(10**9, -1)
    return lambda exchange: answers(f'{{"TotalIn":{next(received)},"TotalOut":1}}')(exchange)


def noted(times, behaviour):
    """The behaviour, which also adds the time of each call to `times`."""
    def notes(exchange):
        times.append(time.monotonic())
        behaviour(exchange)
    return notes


class RestartTest(IntegrationTest):
    """A restart is detected by changed values, even if no poll fell into the gap."""

    def count_after(self, path, behaviour, collector):
        fake = self.daemon()
        running = self.exporter(
            f"--ipfs.api={fake.url}", f"--collector.ipfs.{collector}=200ms")
        running.wait_poll(f"ipfs.{collector}", result="ok")
        self.assertEqual(running.page().value("ipfs_daemon_restarts_total"), 0)
        fake.script(path, behaviour)
        called = fake.wait_for_call(path, len(fake.calls))
        # Two polls: only the first reply shows the change.
        for _ in range(2):
            called = fake.wait_for_call(path, called)
            running.wait_poll(f"ipfs.{collector}", len(running.log), result="ok")
        return running.page().value("ipfs_daemon_restarts_total")

    def test_the_version_changes(self):
        other = answers('{"Version":"0.99.0","Commit":"","Repo":"18"}')
        self.assertEqual(self.count_after("version", other, "health"), 1)

    def test_a_counter_falls(self):
        lower = answers('{"TotalIn":1,"TotalOut":1,"RateIn":0,"RateOut":0}')
        self.assertEqual(self.count_after("stats/bw", lower, "bandwidth"), 1)

    def test_a_counter_rises(self):
        higher = answers('{"TotalIn":1e12,"TotalOut":1e12,"RateIn":0,"RateOut":0}')
        self.assertEqual(self.count_after("stats/bw", higher, "bandwidth"), 0)

    def test_counters_that_always_fall_make_no_more_calls(self):
        fake = self.daemon()
        fake.script("stats/bw", always_falls())
        began = time.monotonic()
        running = self.exporter(f"--ipfs.api={fake.url}", "--collector.disable-defaults",
                                "--collector.ipfs.health=1s", "--collector.ipfs.bandwidth=200ms")
        at = 0
        for _ in range(10):
            at = running.wait_poll("ipfs.bandwidth", at, result="ok")["at"]
        # The list of commands is read as often as ipfs.health polls, not at each reply.
        asked = sum(target == "/api/v0/commands" for _, target in fake.calls)
        self.assertGreater(running.page().value("ipfs_daemon_restarts_total"), 5)
        self.assertLessEqual(asked, 1 + (time.monotonic() - began) / 1)

    def test_counters_that_always_fall_leave_slow_calls_their_budget(self):
        fake = self.daemon()
        fake.script("stats/bw", always_falls())
        calls = []
        fake.script("repo/stat", noted(calls, delayed(1.5)))
        running = self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.budget=0.5", "--collector.disable-defaults",
            "--collector.ipfs.health=200ms", "--collector.ipfs.bandwidth=200ms",
            "--collector.ipfs.repo=1h")
        called = fake.wait_for_call("repo/stat")
        fake.wait_for_call("repo/stat", called)
        self.assertGreaterEqual(calls[1] - calls[0], 1.5 / 0.5)
        self.assertGreater(running.page().value("ipfs_daemon_restarts_total"), 2)

    def test_an_outage_that_was_seen_is_one_restart_and_learned_once(self):
        fake = self.daemon()
        running = self.exporter(f"--ipfs.api={fake.url}", "--collector.disable-defaults",
                                "--collector.ipfs.health=200ms", "--collector.ipfs.bandwidth=200ms")
        running.wait_poll("ipfs.bandwidth", result="ok")
        fake.stop()
        running.wait_log({"msg": "daemon down"})
        fake = self.daemon(listen=fake.address)
        fake.script("stats/bw", answers('{"TotalIn":1,"TotalOut":1,"RateIn":0,"RateOut":0}'))
        called = fake.wait_for_call("stats/bw")
        called = fake.wait_for_call("stats/bw", called)
        # If the commands were read again, it would be before the second `version` from here.
        for _ in range(3):
            called = fake.wait_for_call("version", called)
        self.assertEqual([target for _, target in fake.calls].count("/api/v0/commands"), 1)
        self.assertEqual(running.page().value("ipfs_daemon_restarts_total"), 1)


class SlowCallTest(IntegrationTest):
    """Slow calls are made less often, except calls of ipfs.health."""

    def test_a_call_that_times_out_backs_off(self):
        fake = self.daemon()
        fake.script("stats/bw", hangs)
        running = self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.timeout=500ms", "--ipfs.budget=0.01",
            "--collector.ipfs.bandwidth=200ms", "--collector.ipfs.health=200ms")
        running.wait_poll("ipfs.bandwidth", result="failed", reason="timeout")
        interval = running.page().value("ipfs_peer_exporter_collector_interval_seconds",
                                        collector="ipfs.bandwidth")
        self.assertGreater(interval, 40)  # about 0.5 s are 1 % of 50 s
        self.assertEqual(running.page().value(
            "ipfs_peer_exporter_collector_interval_seconds", collector="ipfs.health"), 0.2)

    def test_a_slow_call_stretches_its_interval_until_it_is_fast_again(self):
        """A repo/stat of 20 s, then of 0.1 s, with a budget of 1 %, scaled down."""
        fake = self.daemon()
        calls = []

        def slow_twice(exchange):
            answer = delayed(0.4) if len(calls) <= 2 else fake.answer_as_recorded
            answer(exchange)

        fake.script("repo/stat", noted(calls, slow_twice))
        running = self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.budget=0.2", "--collector.ipfs.repo=200ms")

        def poll(after):
            """Waits for the next poll; returns its position in the log, duration and interval."""
            at = running.wait_poll("ipfs.repo", after, result="ok")["at"]
            page = running.page()
            return at, *(page.value(f"ipfs_peer_exporter_collector_{what}_seconds",
                                    collector="ipfs.repo") for what in ("duration", "interval"))

        at = 0
        for _ in range(2):
            at, took, interval = poll(at)
            self.assertGreaterEqual(took, 0.4)
            self.assertAlmostEqual(interval, took / 0.2, places=6)
        _, took, interval = poll(at)
        # The wait after the first poll is shortened at random, this one is not.
        self.assertGreaterEqual(calls[2] - calls[1], 2)
        self.assertAlmostEqual(interval, max(0.2, took / 0.2), places=6)

    def test_health_that_times_out_does_not(self):
        fake = self.daemon()
        fake.script("version", hangs)
        running = self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.timeout=200ms", "--ipfs.budget=0.01",
            "--collector.ipfs.health=200ms")
        after = 0
        for _ in range(5):
            after = running.wait_poll("ipfs.health", after, result="failed")["at"]
        self.assertEqual(running.page().value(
            "ipfs_peer_exporter_collector_interval_seconds", collector="ipfs.health"), 0.2)
        fake.script("version", None)
        running.wait_poll("ipfs.health", after, result="ok")

    def test_a_refusing_daemon_is_tried_again_after_half_a_second_then_later(self):
        fake = self.daemon()
        calls = []
        fake.script_all(noted(calls, closes))
        # The test waits for the early attempts only.
        running = self.exporter(f"--ipfs.api={fake.url}", "--collector.ipfs.health=1h")
        first = running.wait_poll("ipfs.health", result="failed", reason="connect")
        second = running.wait_poll("ipfs.health", first["at"], result="failed")
        running.wait_poll("ipfs.health", second["at"], result="failed")
        # The first wait is shortened at random, at most by half. An attempt begins before the
        # daemon sees it, at most by its duration.
        self.assertGreaterEqual(calls[2] - calls[0], 0.5 / 2 + 1 - float(first["duration"]))
        fake.script_all(None)
        running.wait_poll("ipfs.swarm", result="ok")


@slow
class LongOutageTest(NeighboursTest):
    """60 s after a neighbour went down, only the series for its state are left."""

    def wait_until_withdrawn(self, which, wanted):
        deadline = time.monotonic() + 60 + PATIENCE
        while self.names()[which] != wanted:
            self.assertLess(time.monotonic(), deadline)
            self.running.wait_poll("ipfs.health", len(self.running.log))

    def test_everything_of_the_daemon_is_withdrawn(self):
        before = self.names()
        killed = time.monotonic()
        self.wait_until_failed("ipfs.health", self.fake)
        self.wait_until_withdrawn(0, {"ipfs_up"})
        self.assertGreaterEqual(time.monotonic() - killed, 59)
        self.assertEqual(self.names()[1], before[1])
        self.wait_until_back(self.fake, [f"ipfs.{name}" for name in COLLECTORS])
        self.assertEqual(self.names(), before)

    def test_everything_of_the_peer_is_withdrawn(self):
        before = self.names()
        killed = time.monotonic()
        self.wait_until_failed("peer.stats", self.peer)
        self.wait_until_withdrawn(1, {"peer_up"})
        self.assertGreaterEqual(time.monotonic() - killed, 59)
        self.assertEqual(self.names()[0], before[0])
        self.wait_until_back(self.peer, ["peer.stats"])
        self.assertEqual(self.names(), before)


if __name__ == "__main__":
    unittest.main()
