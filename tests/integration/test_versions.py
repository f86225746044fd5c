"""Every recorded daemon, online: each value equals the answer that it gave.

With --table: prints what each collector makes of each version, as Markdown.
"""

import math
import sys
import unittest

from harness import COLLECTORS, VERSIONS, IntegrationTest, recording
from expected import expected

OURS = "ipfs_peer_exporter_"


def poll_all(exporter):
    """Waits until each collector has polled; returns {collector: result}.

    The protocols that the swarm collector names come from the identity collector, so its
    first poll after that counts, which it has to begin after that too: hence two.
    """
    polls = {name: exporter.wait_poll(f"ipfs.{name}") for name in COLLECTORS}
    after = polls["identity"]["at"]
    for _ in range(2):
        polls["swarm"] = exporter.wait_poll("ipfs.swarm", after)
        after = polls["swarm"]["at"]
    return {name: poll["result"] for name, poll in polls.items()}


class RecordedTest(IntegrationTest):
    def start(self, scenario):
        """An exporter at each version. All start at once, for each takes two seconds."""
        exporters = {}
        for version in VERSIONS:
            daemon = self.daemon(f"{version}/{scenario}")
            exporters[version] = self.exporter(
                f"--ipfs.api={daemon.url}", "--collector.ipfs.swarm=500ms")
        return exporters


class OnlineTest(RecordedTest):
    def test_every_value_is_what_the_daemon_said(self):
        for version, exporter in self.start("online").items():
            with self.subTest(version):
                self.check(exporter, recording(f"{version}/online"))

    def check(self, exporter, calls):
        self.assertEqual(poll_all(exporter), dict.fromkeys(COLLECTORS, "ok"))
        page = exporter.page()
        wanted = {}
        for collector in COLLECTORS:
            wanted |= expected(collector, calls)
        found = {key: value for key, value in page.samples().items()
                 if key[0].startswith("ipfs_") and not key[0].startswith(OURS)}
        self.assertEqual(found.keys(), wanted.keys())
        for key, value in wanted.items():
            self.assertTrue(math.isclose(found[key], value, rel_tol=1e-12),
                            f"{key}: {found[key]}, not {value}")
        for collector in COLLECTORS:
            self.assertEqual(
                page.value(f"{OURS}collector_success", collector=f"ipfs.{collector}"), 1)
        self.assertEqual(page.series(f"{OURS}collector_errors_total"), {})


class PartsMissingTest(RecordedTest):
    """What a daemon without some of its parts gives: less, but nothing wrong."""

    def check(self, scenario, *unsupported):
        for version, exporter in self.start(scenario).items():
            with self.subTest(version):
                self.check_states(exporter, unsupported)

    def check_states(self, exporter, unsupported):
        results = poll_all(exporter)
        page = exporter.page()
        self.assertEqual(page.value("ipfs_up"), 1)
        for collector, result in results.items():
            missing = collector in unsupported
            self.assertEqual(result, "unsupported" if missing else "ok", collector)
            self.assertEqual(page.value(
                f"{OURS}collector_supported", collector=f"ipfs.{collector}"), not missing)
            if missing:
                self.assertEqual(page.names(f"ipfs_{collector}"), set())
        self.assertEqual(page.series(f"{OURS}collector_errors_total"), {})

    def test_offline(self):
        self.check("offline", "bandwidth", "bandwidth_protocols", "swarm", "bitswap")

    def test_minimal(self):
        self.check("minimal", "bandwidth", "bandwidth_protocols")


class AccessTest(IntegrationTest):
    def test_without_a_token(self):
        daemon = self.daemon("v0.42.0/auth")
        exporter = self.exporter(f"--ipfs.api={daemon.url}")
        poll = exporter.wait_poll("ipfs.health")
        self.assertEqual((poll["result"], poll.get("reason")), ("failed", "auth"))
        self.assertEqual(exporter.page().value("ipfs_up"), 0)

    def test_on_a_unix_socket(self):
        daemon = self.daemon("v0.42.0/online", f"unix:{self.temporary()}/api.sock")
        exporter = self.exporter(f"--ipfs.api={daemon.url}")
        exporter.wait_poll("ipfs.bandwidth", result="ok")
        samples = exporter.page().samples()
        self.assertEqual(samples["ipfs_up", frozenset()], 1)
        for key, value in expected("bandwidth", recording("v0.42.0/online")).items():
            self.assertEqual(samples[key], value)


class Table(RecordedTest):
    """Not a test of its own: prints the state of each collector at each version."""

    def print_table(self):
        print("| version |", " | ".join(COLLECTORS), "|")
        print("|---" * (len(COLLECTORS) + 1) + "|")
        for version, exporter in self.start("online").items():
            results = poll_all(exporter)
            samples = exporter.page().samples()
            cells = []
            for collector in COLLECTORS:
                wanted = expected(collector, recording(f"{version}/online"))
                equal = sum(math.isclose(samples.get(key, math.nan), value, rel_tol=1e-12)
                            for key, value in wanted.items())
                cells.append(f"{results[collector]}, {equal}/{len(wanted)}")
            print(f"| {version} |", " | ".join(cells), "|")


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        Table("print_table").debug()
    else:
        unittest.main()
