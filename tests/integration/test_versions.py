"""Every recorded daemon in every scenario: each value equals the answer that it gave.

With --table: prints what each collector makes of each, as Markdown.
"""

import itertools
import math
import sys
import unittest

from harness import COLLECTORS, REPOSITORY, VERSIONS, IntegrationTest, recording
from fake_daemon import FakeDaemon
from expected import expected
from test_access import BEARER

OURS = "ipfs_peer_exporter_"

# What the collectors say in each scenario, unless it is "ok".
SCENARIOS = {
    "online": {},
    "offline": dict.fromkeys(
        ("bandwidth", "bandwidth_protocols", "swarm", "bitswap"), "unsupported"),
    "minimal": dict.fromkeys(("bandwidth", "bandwidth_protocols"), "unsupported"),
    # The token opens `version` and `id` alone, not `diag/healthy`.
    "auth": {collector: "failed: auth" for collector in COLLECTORS if collector != "identity"},
    "unixapi": {},
}


def poll_all(exporter):
    """Waits until each collector has polled; returns {collector: state}.

    The protocols that the swarm collector names come from the identity collector, so its
    first poll after that counts, which it has to begin after that too: hence two.
    """
    polls = {name: exporter.wait_poll(f"ipfs.{name}") for name in COLLECTORS}
    after = polls["identity"]["at"]
    for _ in range(2):
        polls["swarm"] = exporter.wait_poll("ipfs.swarm", after)
        after = polls["swarm"]["at"]
    return {name: ": ".join(poll[key] for key in ("result", "reason") if key in poll)
            for name, poll in polls.items()}


def calls_of(version, scenario):
    """What such a daemon answers; None if there was none.

    On the Unix socket only `version` and `id` were recorded: the rest is as it is online.
    """
    if not (REPOSITORY / "tests" / "recorded" / version / f"{scenario}.json").exists():
        return None
    online = recording(f"{version}/online") if scenario == "unixapi" else []
    return online + recording(f"{version}/{scenario}")


def wanted_samples(states, calls):
    """The series that the collectors which are ok have to show, and whether the daemon is up."""
    samples = {}
    for collector, state in states.items():
        if state == "ok" or collector == "health":
            samples |= expected(collector, calls)
    return samples


def is_equal(found, wanted):
    return math.isclose(found, wanted, rel_tol=1e-12)


class RecordedTest(IntegrationTest):
    def start(self, scenario):
        """Each version, its answers and an exporter there.

        All start at once, for each takes two seconds.
        """
        flags = ["--collector.ipfs.swarm=500ms"]
        if scenario == "auth":
            file = self.temporary() / "auth"
            file.write_text(BEARER)
            flags.append(f"--ipfs.auth-file={file}")
        started = []
        for version in VERSIONS:
            if calls := calls_of(version, scenario):
                listen = (f"unix:{self.temporary()}/api.sock" if scenario == "unixapi"
                          else "127.0.0.1:0")
                daemon = self.enterContext(FakeDaemon(calls, listen))
                exporter = self.exporter(f"--ipfs.api={daemon.url}", *flags)
                started.append((version, calls, exporter))
        return started


class ScenarioTest(RecordedTest):
    def check(self, scenario):
        for version, calls, exporter in self.start(scenario):
            with self.subTest(version):
                states = poll_all(exporter)
                self.assertEqual(states, dict.fromkeys(COLLECTORS, "ok") | SCENARIOS[scenario])
                page = exporter.page()
                self.check_values(page, wanted_samples(states, calls))
                self.check_states(page, states)

    def check_values(self, page, wanted):
        found = {key: value for key, value in page.samples().items()
                 if key[0].startswith("ipfs_") and not key[0].startswith(OURS)}
        self.assertEqual(found.keys(), wanted.keys())
        for key, value in wanted.items():
            self.assertTrue(is_equal(found[key], value), f"{key}: {found[key]}, not {value}")

    def check_states(self, page, states):
        errors = set()
        for collector, state in states.items():
            labels = {"collector": f"ipfs.{collector}"}
            success = {"ok": 1, "unsupported": None}.get(state, 0)
            self.assertEqual(page.value(f"{OURS}collector_success", **labels), success)
            self.assertEqual(page.value(f"{OURS}collector_supported", **labels),
                             state != "unsupported")
            if success == 0:
                labels["reason"] = state.removeprefix("failed: ")
                errors.add(frozenset(labels.items()))
        self.assertEqual(page.series(f"{OURS}collector_errors_total").keys(), errors)

    def test_online(self):
        self.check("online")

    def test_offline(self):
        self.check("offline")

    def test_minimal(self):
        self.check("minimal")

    def test_with_a_token(self):
        self.check("auth")

    def test_on_a_unix_socket(self):
        self.check("unixapi")


class AccessTest(IntegrationTest):
    def test_without_a_token(self):
        daemon = self.daemon("v0.42.0/auth")
        exporter = self.exporter(f"--ipfs.api={daemon.url}")
        poll = exporter.wait_poll("ipfs.health")
        self.assertEqual((poll["result"], poll.get("reason")), ("failed", "auth"))
        self.assertEqual(exporter.page().value("ipfs_up"), 0)


class Table(RecordedTest):
    """Not a test of its own: prints the state of each collector, and how many values are equal.

    Neighbouring versions that are the same share a row.
    """

    def print_table(self):
        print("| scenario | versions |", " | ".join(COLLECTORS), "|")
        print("|---" * (len(COLLECTORS) + 2) + "|")
        for scenario in SCENARIOS:
            rows = [(version, self.cells(calls, exporter))
                    for version, calls, exporter in self.start(scenario)]
            for cells, group in itertools.groupby(rows, key=lambda row: row[1]):
                versions = [version for version, _ in group]
                print(f"| {scenario} | {versions[0]} to {versions[-1]} ({len(versions)}) |",
                      " | ".join(cells), "|")
            self.doCleanups()

    @staticmethod
    def cells(calls, exporter):
        states = poll_all(exporter)
        samples = exporter.page().samples()
        cells = []
        for collector, state in states.items():
            wanted = wanted_samples({collector: state}, calls)
            equal = sum(is_equal(samples.get(key, math.nan), value)
                        for key, value in wanted.items())
            cells.append(f"{state}, {equal}/{len(wanted)}" if wanted else state)
        return cells


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        Table("print_table").debug()
    else:
        unittest.main()
