"""All collectors with every recorded daemon in every scenario: each value is served.

With --table: prints the result of each collector for each version, as Markdown.
"""

import sys
import unittest

from harness import VERSIONS, IntegrationTest
from fake_daemon import FakeDaemon, hangs
from catalogue import foreign
from cells import DENIED, Cell, built_in, calls_of, flags, release, settle, unwanted
from collectors import NAMES
from test_access import BEARER

SELF_METRIC = "ipfs_peer_exporter_collector_"

# Releases that differ, and the first release with each scenario.
SCENARIOS = {"online": 0, "offline": 0, "minimal": 0, "accelerated": 9, "altprovide": 38,
             "auth": 28, "unixapi": 0}
# For these scenarios only the changed replies were recorded.
ONLY = dict.fromkeys(("accelerated", "altprovide"), ("health", "bandwidth", "dht", "provide"))
# Recordings with the daemon's own metrics.
NATIVE = ("v0.8.0/online", "v0.42.0/online")


class RecordedTest(IntegrationTest):
    def start(self, scenario):
        """Each daemon with its exporter, all at once: {recording: (daemon, exporter, names)}."""
        running = {}
        for version in VERSIONS:
            if release(version) >= SCENARIOS[scenario]:
                name = f"{version}/{scenario}"
                running[name] = self.start_one(name)
        return running

    def start_one(self, name):
        _, scenario = name.split("/")
        listen = f"unix:{self.temporary()}/api" if scenario == "unixapi" else "127.0.0.1:0"
        fake = self.enterContext(FakeDaemon(calls_of(name), listen))
        collectors = [collector for collector in built_in()
                      if collector in ONLY.get(scenario, NAMES)
                      and (collector != "native" or name in NATIVE)]
        exporter = self.exporter(
            f"--ipfs.api={fake.url}", "--ipfs.budget=0",  # no stretched intervals
            *flags(collectors), *self.token(scenario))
        return fake, exporter, collectors

    def token(self, scenario):
        if scenario == DENIED:
            file = self.temporary() / "auth"
            file.write_text(BEARER)
            yield f"--ipfs.auth-file={file}"


class VersionsTest(RecordedTest):
    def check(self, scenario):
        for name, (fake, exporter, collectors) in self.start(scenario).items():
            settle(exporter, collectors)
            cells = [Cell(name, collector, exporter) for collector in collectors]
            for cell in cells:
                with self.subTest(name, collector=cell.collector):
                    self.check_cell(cell)
            with self.subTest(name):
                self.check_page(exporter.page(), cells)
                self.assertEqual(foreign(fake.calls, *collectors), set())

    def check_cell(self, cell):
        self.assertEqual(cell.result, cell.wanted_result)
        self.assertEqual(cell.different(), {})
        if cell.collector == "native":  # also has its own page
            self.assertEqual(cell.found.keys(), cell.wanted.keys())

    def check_page(self, page, cells):
        """No unexpected series, and the self-metrics match the result of each collector."""
        self.assertEqual(unwanted(page, cells), set())
        denied = set()
        for cell in cells:
            labels = {"collector": f"ipfs.{cell.collector}"}
            success = {"ok": 1, "failed": 0, "unsupported": None}[cell.wanted_result]
            self.assertEqual(page.value(f"{SELF_METRIC}supported", **labels),
                             success is not None, labels)
            self.assertEqual(page.value(f"{SELF_METRIC}success", **labels), success, labels)
            if success == 0:
                denied.add(frozenset((labels | {"reason": "auth"}).items()))
        self.assertEqual(page.series(f"{SELF_METRIC}errors_total").keys(), denied)

    def test_online(self):
        self.check("online")

    def test_offline(self):
        self.check("offline")

    def test_minimal(self):
        self.check("minimal")

    def test_the_accelerated_client(self):
        self.check("accelerated")

    def test_the_other_provide_system(self):
        self.check("altprovide")

    def test_with_a_token_for_little(self):
        self.check("auth")

    def test_on_a_unix_socket(self):
        self.check("unixapi")

    def test_the_binary_has_the_whole_catalogue(self):
        self.assertEqual(set(built_in()), set(NAMES))


class DefaultsTest(IntegrationTest):
    def start(self, name):
        fake = self.daemon(name)
        exporter = self.exporter(f"--ipfs.api={fake.url}")
        exporter.wait_collectors()
        return fake, exporter

    def test_what_is_mutable_is_only_looked_at_from_0_43_on(self):
        fake, _ = self.start("v0.43.0-rc1/online")
        fake.wait_for_call("files/stat")
        fake, exporter = self.start("v0.42.0/online")
        # Wait for a second poll of another collector, because all first polls come at once.
        exporter.wait_poll("ipfs.health", len(exporter.log))
        self.assertNotIn(("POST", "/api/v0/files/stat?arg=/"), fake.calls)

    def test_a_fresh_daemon_is_not_asked_for_what_it_is_yet_to_learn(self):
        fake, exporter = self.start("v0.42.0/online")
        exporter.wait_poll("ipfs.health", len(exporter.log))
        self.assertNotIn(("POST", "/api/v0/version/check"), fake.calls)
        labels = {"collector": "ipfs.version_check"}
        self.assertEqual(exporter.page().value(f"{SELF_METRIC}interval_seconds", **labels), 3600)
        self.assertEqual(exporter.page().value(f"{SELF_METRIC}polls_total", **labels), 0)

    def test_what_a_daemon_said_before_it_was_restarted_is_forgotten(self):
        fake = self.daemon("v0.42.0/services")
        exporter = self.exporter(f"--ipfs.api={fake.url}", *flags(
            ["health", "version_check"], health="200ms", version_check="1s"))
        exporter.wait_poll("ipfs.version_check", result="ok")
        page = exporter.page()
        self.assertEqual(page.value("ipfs_version_peers_sampled"), 2)
        success = f"{SELF_METRIC}last_success_timestamp_seconds"
        labels = {"collector": "ipfs.version_check"}
        self.assertIsNotNone(page.value(success, **labels))
        fake.script("version/check", hangs)
        fake.stop()
        down = exporter.wait_log({"msg": "daemon down"})["at"]
        fake.start()
        up = exporter.wait_log({"msg": "daemon up"}, down)["at"]
        exporter.wait_poll("ipfs.health", up, result="ok")
        page = exporter.page()
        self.assertIsNone(page.value("ipfs_version_peers_sampled"))
        # Otherwise an alert for late collectors would fire.
        self.assertIsNone(page.value(success, **labels))


class AccessTest(IntegrationTest):
    def test_without_a_token(self):
        daemon = self.daemon("v0.42.0/auth")
        exporter = self.exporter(f"--ipfs.api={daemon.url}")
        poll = exporter.wait_poll("ipfs.health")
        self.assertEqual((poll["result"], poll.get("reason")), ("failed", "auth"))
        self.assertEqual(exporter.page().value("ipfs_up"), 0)


class Table(RecordedTest):
    """Not a test: prints a table for each scenario."""

    def print_tables(self):
        for scenario in SCENARIOS:
            collectors = [name for name in built_in() if name in ONLY.get(scenario, NAMES)]
            print(f"\n### {scenario}: values as recorded / values recorded\n")
            print("| version |", " | ".join(collectors), "|")
            print("|---" * (len(collectors) + 1) + "|")
            for name, (_, exporter, there) in self.start(scenario).items():
                settle(exporter, there)
                cells = [str(Cell(name, collector, exporter)) if collector in there else "–"
                         for collector in collectors]
                print(f"| {name.split('/')[0]} |", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        table = Table("print_tables")
        try:
            table.debug()
        finally:
            table.doCleanups()
    else:
        unittest.main()
