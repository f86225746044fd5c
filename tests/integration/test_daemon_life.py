"""After a restart, upgrade or downgrade the exporter reads the daemon's commands again."""

import queue
import threading
import unittest

from harness import PATIENCE, IntegrationTest, recording
from cells import Cell, built_in, flags, settle, unwanted
from exposition import labels_key
from fake_daemon import hangs

OLD, NEW = "v0.18.1/online", "v0.42.0/online"
RESTARTS = "ipfs_daemon_restarts_total"


class DaemonLifeTest(IntegrationTest):
    def setUp(self):
        self.collectors = [name for name in built_in() if name != "native"]

    def start(self, name):
        """A daemon, and an exporter that has polled it."""
        fake = self.daemon(name)
        exporter = self.exporter(f"--ipfs.api={fake.url}", "--ipfs.budget=0", *flags(
            self.collectors, health="200ms", bandwidth="200ms", bitswap="200ms"))
        self.check(exporter, name, 0)
        return fake, exporter

    def check(self, exporter, name, restarts, after=0):
        """Checks the page against this daemon, after polls that follow `after` lines of the log."""
        settle(exporter, self.collectors, after)
        cells = [Cell(name, collector, exporter) for collector in self.collectors]
        for cell in cells:
            if cell.collector == "health":
                cell.wanted[RESTARTS, labels_key({})] = restarts
            with self.subTest(name, collector=cell.collector):
                self.assertEqual(cell.result, cell.wanted_result)
                self.assertEqual(cell.different(), {})
        with self.subTest(name):
            self.assertEqual(unwanted(exporter.page(), cells), set())

    def check_changes(self, *names):
        """One daemon after another on the same port, with a gap between them."""
        fake, exporter = self.start(names[0])
        for restarts, name in enumerate(names[1:], 1):
            at = len(exporter.log)
            fake.stop()
            exporter.wait_log({"msg": "daemon down"}, at)
            at = len(exporter.log)
            fake = self.daemon(name, fake.address)
            self.check(exporter, name, restarts, at)

    def check_unseen_changes(self, *names):
        """The same without a poll in the gap."""
        fake, exporter = self.start(names[0])
        noticed = queue.Queue()

        def notices(exchange):
            noticed.put(len(exporter.log))
            fake.answer_as_recorded(exchange)

        fake.script("commands", notices)
        for restarts, name in enumerate(names[1:], 1):
            fake.become(recording(name))
            self.check(exporter, name, restarts, noticed.get(timeout=PATIENCE))

    def test_an_upgrade_and_a_downgrade(self):
        self.check_changes(OLD, NEW, OLD)

    def test_a_restart_with_another_configuration(self):
        self.check_changes(NEW, "v0.42.0/minimal")

    def test_an_upgrade_and_a_downgrade_between_two_polls(self):
        self.check_unseen_changes(OLD, NEW, OLD)

    def test_a_restart_with_another_configuration_between_two_polls(self):
        self.check_unseen_changes(NEW, "v0.42.0/minimal")

    def test_a_daemon_that_does_not_say_what_it_has_is_asked_all_the_same(self):
        fake = self.daemon(NEW)
        fake.script("commands", hangs)
        exporter = self.exporter(f"--ipfs.api={fake.url}", "--ipfs.timeout=5s", "--ipfs.budget=0",
                                 *flags(self.collectors, health="200ms"))
        self.check(exporter, NEW, 0)
        # `commands` is not called again, and the next poll of ipfs.health succeeds.
        self.assertEqual([target for _, target in fake.calls].count("/api/v0/commands"), 1)
        exporter.wait_poll("ipfs.health", result="ok")

    def test_a_poll_that_was_under_way_at_a_restart_is_made_again(self):
        fake = self.daemon(OLD)
        restarted = threading.Event()

        def answers_after_the_restart(exchange):
            restarted.wait(PATIENCE)
            fake.answer_as_recorded(exchange)

        fake.script("repo/stat", answers_after_the_restart)
        exporter = self.exporter(f"--ipfs.api={fake.url}", *flags(
            ["health", "repo"], health="200ms", repo="1h"))
        fake.wait_for_call("repo/stat")
        at = fake.wait_for_call("version", len(fake.calls))
        fake.become(recording(NEW))
        fake.wait_for_call("commands", at)
        restarted.set()
        again = fake.wait_for_call("repo/stat", at)
        self.assertIn(("POST", "/api/v0/commands"), fake.calls[at:again])
        once = exporter.wait_poll("ipfs.repo", result="ok")
        exporter.wait_poll("ipfs.repo", once["at"], result="ok")

    def test_an_upgrade_to_another_call_leaves_nothing_of_the_old_one(self):
        """Reads the page while a later call of the same poll has no reply."""
        fake = self.daemon("v0.36.0/online")
        exporter = self.exporter(f"--ipfs.api={fake.url}", "--ipfs.timeout=3s", *flags(
            ["health", "provide"], health="200ms", provide="200ms"))
        exporter.wait_poll("ipfs.provide", result="ok")
        self.assertEqual(exporter.page().value("ipfs_provide_reprovides_total"), 60)

        def hangs_for_lan(exchange):
            (hangs if exchange.parameters else fake.answer_as_recorded)(exchange)

        fake.script("provide/stat", hangs_for_lan)
        fake.become(recording("v0.38.2/online"))
        exporter.wait_poll("ipfs.provide", len(exporter.log), result="failed")
        self.assertEqual(exporter.page().value("ipfs_provide_reprovides_total"), 51)


if __name__ == "__main__":
    unittest.main()
