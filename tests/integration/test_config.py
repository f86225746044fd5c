"""The configuration file, --check-config and --once."""

import subprocess
import unittest

from harness import (BINARY, PATIENCE, PATIENT, IntegrationTest, Page, clean_environment,
                     says)
from fake_daemon import answers


class CommandTest(IntegrationTest):
    def run_with(self, *flags, config=None, env=None):
        """Runs the exporter to its end; returns exit code, stdout and stderr."""
        if config is not None:
            file = self.temporary() / "config.yml"
            file.write_text(config)
            flags = (f"--config.file={file}", *flags)
        done = subprocess.run([BINARY, *flags], capture_output=True, text=True, timeout=PATIENCE,
                              env=clean_environment(PATIENT | (env or {})))
        return done.returncode, done.stdout, done.stderr


class ConfigTest(CommandTest):
    def test_bad_files(self):
        rows = {
            "foo: 1": ":1:1: there is no flag --foo",
            "# first\nlog.level: info\n  bad: 1": ":3:",
            "log.level: info\nlog.level: warn": ":2:1: log.level stands twice",
            "- log.level": "map flags to values",
            "log.level: {a: b}": ":1:12: has to be",
            "log.level: [[info]]": "has to be",
            "log.level: loud": ":1:1:",
            "peer.interval: soon": "--peer.interval",
            "config.file: other.yml": "there is no flag --config.file",
            "once: true": "there is no flag --once",
            "help: true": "there is no flag --help",
            "a: [b": "config.yml:",
        }
        for config, told in rows.items():
            with self.subTest(config):
                code, _, error = self.run_with("--check-config", config=config)
                self.assertEqual(code, 2)
                self.assertEqual(error.count("\n"), 1, error)
                self.assertIn(told, error)

    def test_a_file_that_is_not_there(self):
        code, _, error = self.run_with("--config.file=/nowhere.yml")
        self.assertEqual(code, 2)
        self.assertIn("/nowhere.yml: No such file", error)

    def test_good_files(self):
        for config in ("", "# nothing", "log.level: debug",
                       "peer.stats: [a=unix:/a, b=unix:/b]\nno-collector.ipfs.repo: true"):
            with self.subTest(config):
                self.assertEqual(self.run_with("--check-config", config=config)[0], 0)

    def test_flags_win_over_environment_over_file(self):
        def interval(*flags, config="", env=None):
            config += "\nlog.level: error"
            _, page, _ = self.run_with("--once", "--ipfs.api=none", "--peer.stats=unix:/none",
                                       *flags, config=config, env=env)
            return Page(page).value("ipfs_peer_exporter_collector_interval_seconds",
                                    collector="peer.stats")

        file = "peer.interval: 3s"
        env = {"IPFS_PEER_EXPORTER_PEER_INTERVAL": "4s"}
        self.assertEqual(interval(), 10)
        self.assertEqual(interval(config=file), 3)
        self.assertEqual(interval(config=file, env=env), 4)
        self.assertEqual(interval("--peer.interval=5s", config=file, env=env), 5)


class OnceTest(CommandTest):
    def test_all_is_there(self):
        peer = self.stats_socket(says('{"good": 1}'))
        code, page, error = self.run_with(
            "--once", "--log.level=error", f"--ipfs.api={self.daemon('v0.44.0-dev/online').url}",
            f"--peer.stats={peer.address}")
        self.assertEqual((code, error), (0, ""))
        self.assertEqual(Page(page).value("peer_good"), 1)
        self.assertEqual(Page(page).value("ipfs_swarm_peers"), 2)

    def test_what_is_missing_is_explained(self):
        peer = self.stats_socket(says('{"good": 1, "bad": "text"}'))
        code, page, error = self.run_with(
            "--once", "--log.level=error", f"--ipfs.api={self.daemon('v0.42.0/minimal').url}",
            f"--peer.stats={peer.address}")
        self.assertEqual(code, 0)
        self.assertIn("ipfs.bandwidth: unsupported", error)
        self.assertIn("peer.stats: 1 values skipped: type", error)
        self.assertEqual(Page(page).value("peer_good"), 1)

    def test_an_error_of_a_neighbour_commands_no_terminal(self):
        fake = self.daemon()
        fake.script("stats/bw", answers(
            r'{"Message":"\u001b[2J\nipfs.swarm: fine\u009b1m","Type":"error"}', 500))
        _, _, error = self.run_with("--once", "--log.level=error", f"--ipfs.api={fake.url}")
        told, = (line for line in error.splitlines() if line.startswith("ipfs.bandwidth:"))
        self.assertIn(r"\u001b[2J\u000aipfs.swarm: fine\u009b1m", told)

    def test_a_daemon_that_is_down(self):
        code, page, error = self.run_with(
            "--once", "--log.level=error", "--ipfs.api=http://127.0.0.1:1")
        self.assertEqual(code, 1)
        self.assertIn("ipfs.health: failed: connect", error)
        self.assertIn("ipfs.swarm: not asked: the daemon is down", error)
        self.assertEqual(Page(page).value("ipfs_up"), 0)


if __name__ == "__main__":
    unittest.main()
