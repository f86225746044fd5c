"""The configuration file, --check-config and --once."""

import json
import os
import shutil
import socket
import subprocess
import unittest

from harness import (BINARY, PATIENCE, PATIENT, IntegrationTest, Page, clean_environment,
                     says)
from fake_daemon import answers

NOBODY = 65534


class CommandTest(IntegrationTest):
    def run_with(self, *flags, config=None, env=None, binary=BINARY, user=None):
        """Runs the exporter to its end; returns exit code, stdout and stderr."""
        if config is not None:
            file = self.temporary() / "config.yml"
            file.write_text(config)
            flags = (f"--config.file={file}", *flags)
        done = subprocess.run([binary, *flags], capture_output=True, text=True, timeout=PATIENCE,
                              env=clean_environment(PATIENT | (env or {})), user=user)
        return done.returncode, done.stdout, done.stderr


class ConfigTest(CommandTest):
    def test_bad_files(self):
        rows = {
            "foo: 1": ":1:1: there is no flag --foo",
            "# first\nlog.level: info\n  bad: 1": ":3:",
            "log.level: info\nlog.level: warn": ":2:1: log.level is given twice",
            "- log.level": "map flags to values",
            "log.level: {a: b}": ":1:12: must be",
            "log.level: [[info]]": "must be",
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

    def test_whoever_reads_the_output_may_be_gone(self):
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([BINARY, "--help"], stdout=writer, check=False, timeout=PATIENCE)
        os.close(writer)
        self.assertEqual(done.returncode, 0)

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


class AuthorizationsTest(CommandTest):
    FLAG = "--print-authorizations"

    def secret_file(self, text):
        file = self.temporary() / "auth"
        file.write_text(text + "\n")
        return f"--ipfs.auth-file={file}"

    def test_a_placeholder_stands_for_the_secret(self):
        for flags in ([self.FLAG], [self.FLAG, self.secret_file("bearer:abc")]):
            code, text, error = self.run_with(*flags)
            self.assertEqual((code, error), (0, ""))
            entry = json.loads(text)
            self.assertEqual(set(entry), {"AuthSecret", "AllowedPaths"})
            self.assertEqual(entry["AuthSecret"], "bearer:REPLACE-WITH-A-SECRET")
            self.assertIn("/api/v0/version/check", entry["AllowedPaths"])

    def test_the_secret_if_it_is_asked_for(self):
        for secret in ("bearer:abc+/=", "basic:user:pass", "basic:us er:a\"b\\c'd$e:f",
                       "bearer:ä"):
            with self.subTest(secret):
                file = self.secret_file(secret)
                code, text, error = self.run_with(f"{self.FLAG}=with-secret", file)
                self.assertEqual(code, 0)
                self.assertEqual(json.loads(text)["AuthSecret"], secret)
                self.assertEqual(error, "ipfs_peer_exporter: the output contains the secret of "
                                        f"{file.partition('=')[2]}\n")

    def test_what_is_wrong_with_it(self):
        for told, *flags in (("--ipfs.auth-file", "=with-secret"),
                             ("the only value allowed is with-secret", "=secret"),
                             ("bearer:TOKEN", "=with-secret", self.secret_file("no kind"))):
            with self.subTest(flags):
                code, text, error = self.run_with(self.FLAG + flags[0], *flags[1:])
                self.assertEqual((code, text), (2, ""))
                self.assertIn(told, error)
                self.assertEqual(error.count("\n"), 1)


class CheckConfigTest(CommandTest):
    """--check-config finds the errors that a start finds; each error is one line."""

    def check(self, code, told, *flags, **options):
        result, out, error = self.run_with("--check-config", *flags, **options)
        self.assertEqual(result, code, error)
        self.assertEqual(out, "" if code else "Configuration is valid.\n")
        self.assertEqual(error.count("\n"), 1 if told else 0, error)
        self.assertIn(told, error)

    def test_nothing_to_say(self):
        self.check(0, "", "--web.listen-address=127.0.0.1:0", "--ipfs.api=/unix/none")

    def test_mistakes(self):
        folder = self.temporary()
        (folder / "mapping.yml").write_text("rules: [{path: /a, name: b-c}]")
        (folder / "key").write_text("secret")
        for told, flags in {
            "cannot listen on nowhere": ["--web.listen-address=nowhere"],
            "cannot listen on 127.0.0.1:70000": ["--web.listen-address=127.0.0.1:70000"],
            "cannot listen on 192.0.2.1:1: ": ["--web.listen-address=192.0.2.1:1"],
            "cannot listen on host.invalid:1": ["--web.listen-address=host.invalid:1"],
            "/nowhere: No such file": ["--ipfs.ca-file=/nowhere"],
            "/none.yml: No such file": ["--peer.mapping=/none.yml"],
            "mapping.yml:1:26: \"b-c\"": [f"--peer.mapping={folder}/mapping.yml"],
            "no peer is named b": ["--peer.stats=a=http://127.0.0.1:1/",
                                   f"--peer.auth-file=b={folder}/key"],
            "key: has to hold bearer:TOKEN": ["--peer.stats=a=http://127.0.0.1:1/",
                                              f"--peer.auth-file={folder}/key"],
        }.items():
            with self.subTest(told):
                self.check(2, told, "--ipfs.api=/unix/none", *flags)

    def test_an_address_that_is_in_use_is_a_warning(self):
        running = self.exporter("--ipfs.api=none", "--peer.stats=unix:/none")
        self.check(0, f"warning: --web.listen-address: cannot listen on {running.address}",
                   f"--web.listen-address={running.address}", "--ipfs.api=/unix/none")
        self.assertEqual(running.get("/-/healthy")[0], 200)

    def test_two_of_its_own_addresses_are_one(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = "127.0.0.1:%d" % free.getsockname()[1]
        flags = [f"--web.listen-address={address}"] * 2
        self.check(2, f"cannot listen on {address}: Address ", *flags,
                   "--ipfs.api=/unix/none")

    def test_an_empty_value_does_not_swallow_it(self):
        self.check(0, "", "--web.listen-address=127.0.0.1:0", "--ipfs.api=/unix/none",
                   "--peer.request=")
        for flag in "--peer.request=", "--ipfs.auth-file=", "--peer.stats=":
            code, out, _ = self.run_with(flag, "--check-config", "--web.listen-address=127.0.0.1:0")
            self.assertEqual((code, out), (0, "Configuration is valid.\n"), flag)


class ApiFileTest(CommandTest):
    """An unusable api file is logged once, and the default address is used."""

    USING = "; using the default /ip4/127.0.0.1/tcp/5001"

    def setUp(self):
        self.repository = self.temporary()
        self.api = self.repository / "api"
        self.env = {"IPFS_PATH": str(self.repository)}

    def check(self, told, **by):
        code, out, error = self.run_with("--check-config", "--web.listen-address=127.0.0.1:0",
                                         env=self.env, **by)
        self.assertEqual((code, out), (0, "Configuration is valid.\n"))
        self.assertEqual(
            error, f"ipfs_peer_exporter: warning: {told}{self.USING}\n" if told else "")

    def test_check_config(self):
        self.check("")
        self.api.write_text("garbage")
        self.check(f'{self.api} holds no address: "garbage"')
        self.api.unlink()
        self.api.mkdir()
        self.check(f"{self.api} could not be read (not a file)")

    def test_a_folder_of_another_user(self):
        by = {}
        if os.geteuid() == 0:  # who may read everything
            folder = self.temporary()
            folder.chmod(0o755)
            by = {"binary": shutil.copy(BINARY, folder), "user": NOBODY}
            if not os.access(by["binary"], os.X_OK):
                self.skipTest(f"{folder.parent} is mounted noexec")
        self.api.write_text("/ip4/127.0.0.1/tcp/15101")
        self.repository.chmod(0)
        self.addCleanup(self.repository.chmod, 0o700)
        self.check(f"{self.api} could not be read (Permission denied)", **by)

    def test_each_problem_is_logged_once(self):
        self.api.write_text("garbage")
        exporter = self.exporter("--collector.ipfs.health=100ms", env=self.env)
        told = {"level": "warn", "msg": "api file not used"}
        first = exporter.wait_log(told)
        self.assertEqual(first["error"],
                         f'{self.api} holds no address: "garbage"' + self.USING)
        polled = exporter.wait_poll("ipfs.health", exporter.wait_poll("ipfs.health")["at"])
        self.assertEqual(sum(line.get("msg") == told["msg"] for line in exporter.log), 1)
        self.api.write_text("rubbish")
        self.assertIn("rubbish", exporter.wait_log(told, polled["at"])["error"])


class OnceTest(CommandTest):
    def test_nothing_is_waited_for(self):
        fake = self.daemon("v0.42.0/services")
        code, page, _ = self.run_with("--once", f"--ipfs.api={fake.url}",
                                      "--collector.disable-defaults",
                                      "--collector.ipfs.version_check")
        self.assertEqual(code, 0)
        self.assertEqual(Page(page).value("ipfs_version_peers_sampled"), 2)

    def test_a_call_that_is_denied_is_explained(self):
        fake = self.daemon()
        fake.script("version/check", answers("Kubo RPC Access Denied", 403, "text/plain"))
        code, _, error = self.run_with("--once", "--log.level=error", f"--ipfs.api={fake.url}",
                                       "--collector.disable-defaults",
                                       "--collector.ipfs.version_check")
        self.assertEqual(code, 0)
        self.assertEqual(error, "ipfs.version_check: the daemon answers 403 to "
                                "/api/v0/version/check: add \"/api/v0/version/check\" to "
                                "AllowedPaths in its API.Authorizations\n")

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
        self.assertRegex(error, r"peer\.stats: 1 value skipped: type \(bad\)\n")
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
