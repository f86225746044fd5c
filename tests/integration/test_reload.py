"""A reload of the configuration: SIGHUP, changed files, and what survives."""

import concurrent.futures
import contextlib
import http.client
import os
import signal
import socket
import time

from harness import PATIENCE, IntegrationTest, StatsSocket, says
from fake_daemon import hangs

RELOADED = {"msg": "configuration reloaded"}
REFUSED = {"msg": "configuration not reloaded", "level": "error"}
POLLS = "ipfs_peer_exporter_collector_polls_total"
INTERVAL = "ipfs_peer_exporter_collector_interval_seconds"
SUCCESSFUL = "ipfs_peer_exporter_config_last_reload_successful"
SUCCESS_TIME = "ipfs_peer_exporter_config_last_reload_success_timestamp_seconds"


class ReloadTest(IntegrationTest):
    def setUp(self):
        self.folder = self.temporary()
        self.config = self.folder / "config.yml"
        self.at = 0

    def peer(self, name, text='{"a":1}'):
        """A peer's socket; the value of peer.stats for it."""
        path = self.folder / f"{name}.sock"
        self.enterContext(StatsSocket(path, says(text)))
        return f"{name}=unix:{path}"

    def write(self, **settings):
        """Replaces the configuration file; `peer_stats` is the key peer.stats."""
        text = "".join(f"{key.replace('_', '.', 1).replace('_', '-')}: {value}\n"
                       for key, value in settings.items())
        self.write_text(self.config, text)

    @staticmethod
    def write_text(path, text):
        new = path.with_suffix(".new")
        new.write_text(text)
        new.rename(path)

    def started(self, *flags, **options):
        exporter = self.exporter(f"--config.file={self.config}", *flags, **options)
        self.at = 0
        return exporter

    def reload(self, exporter, outcome=RELOADED):
        """Sends SIGHUP and waits for the outcome; returns its line."""
        os.kill(exporter.pid, signal.SIGHUP)
        return self.wait_outcome(exporter, outcome)

    def wait_outcome(self, exporter, outcome=RELOADED):
        line = exporter.wait_log(outcome, self.at)
        self.at = line["at"]
        return line


class ChangesTest(ReloadTest):
    def test_peers_come_and_go(self):
        left, right = self.peer("left"), self.peer("right")
        self.write(ipfs_api="none", peer_stats=f"[{left}, {right}]")
        exporter = self.started()
        exporter.wait_poll("peer.left")
        exporter.wait_poll("peer.right")
        self.write(ipfs_api="none", peer_stats=f"[{left}]")
        self.reload(exporter)
        page = exporter.page()
        self.assertEqual(page.value("peer_a", peer="left"), 1)
        self.assertNotIn("right", exporter.get("/metrics")[2])
        self.assertEqual(exporter.get("/metrics?collect[]=peer.right")[0], 400)

        self.write(ipfs_api="none", peer_stats=f"[{right}, {left}]")
        self.reload(exporter)
        exporter.wait_poll("peer.right", after=self.at)
        self.assertEqual(exporter.page().value("peer_a", peer="right"), 1)

    def test_another_address_of_a_peer(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_interval="1h")
        exporter = self.started()
        exporter.wait_poll("peer.one")
        other = self.folder / "other.sock"
        self.enterContext(StatsSocket(other, says('{"b":2}')))
        self.write(ipfs_api="none", peer_stats=f"one=unix:{other}", peer_interval="1h")
        self.reload(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        page = exporter.page()
        self.assertEqual(page.value("peer_b", peer="one"), 2)
        self.assertNotIn("peer_a", page.families)
        self.assertEqual(page.value(POLLS, collector="peer.one"), 2)

    def test_interval_namespace_and_limits_of_peers(self):
        settings = {"ipfs_api": "none", "peer_stats": self.peer("one"), "peer_interval": "1h"}
        self.write(**settings)
        exporter = self.started()
        exporter.wait_poll("peer.one")
        settings["peer_interval"] = "50ms"
        self.write(**settings)
        self.reload(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        self.assertEqual(exporter.page().value(INTERVAL, collector="peer.one"), 0.05)
        settings |= {"peer_interval": "1h", "peer_namespace": "train"}
        self.write(**settings)
        self.reload(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        self.assertEqual(exporter.page().value("train_a", peer="one"), 1)

    def test_mapping(self):
        mapping = self.folder / "mapping.yml"
        rule = "rules:\n- {{path: /a, name: {}, help: A.}}\n"
        self.write_text(mapping, rule.format("first"))
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_interval="1h",
                   peer_mapping=mapping)
        exporter = self.started()
        exporter.wait_poll("peer.one")
        self.assertEqual(exporter.page().value("peer_first", peer="one"), 1)
        self.write_text(mapping, rule.format("second"))
        self.reload(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        self.assertEqual(exporter.page().value("peer_second", peer="one"), 1)
        self.write_text(mapping, rule.format("1st"))
        line = self.reload(exporter, REFUSED)
        self.assertIn("--peer.mapping", line["error"])

    def test_collectors_of_the_daemon(self):
        daemon = self.daemon()
        self.write(ipfs_api=daemon.url)
        exporter = self.started()
        exporter.wait_collectors(collectors=("swarm", "repo", "health"))
        polls = exporter.page().value(POLLS, collector="ipfs.health")
        self.write(ipfs_api=daemon.url, **{"no-collector.ipfs.repo": "true",
                                           "collector.ipfs.keys": "1h",
                                           "collector.ipfs.swarm": "3h"})
        self.reload(exporter)
        page = exporter.page()
        self.assertFalse(page.names("ipfs_repo_size"))
        self.assertEqual(page.value(INTERVAL, collector="ipfs.swarm"), 3 * 3600)
        self.assertGreaterEqual(page.value(POLLS, collector="ipfs.swarm"), 1)
        self.assertGreaterEqual(page.value(POLLS, collector="ipfs.health"), polls)
        exporter.wait_poll("ipfs.keys", after=self.at, result="ok")
        self.assertNotIn({"msg": "daemon up"}, exporter.log[self.at:])

        self.write(ipfs_api=daemon.url)
        self.reload(exporter)
        exporter.wait_poll("ipfs.repo", after=self.at, result="ok")
        self.assertIn("ipfs_repo_size_bytes", exporter.page().families)

    def test_another_daemon(self):
        old, new = self.daemon("v0.42.0/online"), self.daemon("v0.28.0/online")
        self.write(ipfs_api=old.url)
        exporter = self.started()
        exporter.wait_collectors()
        before = exporter.page()
        self.write(ipfs_api=new.url)
        self.reload(exporter)
        exporter.wait_log({"msg": "daemon up", "version": "0.28.0"}, self.at)
        exporter.wait_poll("ipfs.swarm", after=self.at, result="ok")
        after = exporter.page()
        self.assertEqual(after.value("ipfs_up"), 1)
        self.assertEqual(after.value("ipfs_daemon_restarts_total"),
                         before.value("ipfs_daemon_restarts_total"))
        self.assertGreater(after.value(POLLS, collector="ipfs.swarm"),
                           before.value(POLLS, collector="ipfs.swarm"))

    def test_the_daemon_can_be_left_out_and_come_back(self):
        daemon, peer = self.daemon(), self.peer("one")
        self.write(ipfs_api=daemon.url, peer_stats=peer)
        exporter = self.started()
        exporter.wait_collectors()
        self.write(ipfs_api="none", peer_stats=peer)
        self.reload(exporter)
        self.assertFalse(exporter.page().names("ipfs_") - exporter.page().names("ipfs_peer_exp"))
        self.write(ipfs_api=daemon.url, peer_stats=peer)
        self.reload(exporter)
        exporter.wait_collectors(after=self.at)
        self.assertEqual(exporter.page().value("ipfs_up"), 1)

    def test_log_level_and_telemetry_path(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"), web_telemetry_path="/old")
        exporter = self.started()
        self.assertEqual(exporter.get("/old")[0], 200)
        self.write(ipfs_api="none", peer_stats=self.peer("two"), web_telemetry_path="/new",
                   web_disable_exporter_metrics="true")
        self.reload(exporter)
        self.assertEqual(exporter.get("/old")[0], 404)
        page = exporter.page("/new")
        self.assertEqual(page.value(SUCCESSFUL), 1)
        self.assertNotIn("process_cpu_seconds_total", page.families)


class RefusalTest(ReloadTest):
    def test_a_bad_file_changes_nothing(self):
        peer = self.peer("one")
        self.write(ipfs_api="none", peer_stats=peer, peer_interval="1h")
        exporter = self.started()
        exporter.wait_poll("peer.one")
        page = exporter.page()
        self.assertEqual(page.value(SUCCESSFUL), 1)
        since = page.value(SUCCESS_TIME)
        self.assertGreater(since, 1e9)
        for text, told in {"peer.interval: soon": "config.yml:1:1", "- a": "must map",
                           "foo: 1": "there is no flag --foo",
                           "ipfs.api: none": "at least one --peer.stats"}.items():
            with self.subTest(text):
                self.write_text(self.config, text)
                self.assertIn(told, self.reload(exporter, REFUSED)["error"])
                page = exporter.page()
                self.assertEqual(page.value(SUCCESSFUL), 0)
                self.assertEqual(page.value(SUCCESS_TIME), since)
                self.assertEqual(page.value("peer_a", peer="one"), 1)
        self.config.unlink()
        self.reload(exporter, REFUSED)
        self.write(ipfs_api="none", peer_stats=peer, peer_interval="1h")
        self.reload(exporter)
        page = exporter.page()
        self.assertEqual(page.value(SUCCESSFUL), 1)
        self.assertGreater(page.value(SUCCESS_TIME), since)
        self.assertEqual(page.value(POLLS, collector="peer.one"), 1)

    def test_settings_that_only_a_start_can_change(self):
        peer = self.peer("one")
        self.write(ipfs_api="none", peer_stats=peer)
        exporter = self.started()
        for key, value in {"log.format": "json", "web.systemd-socket": "true"}.items():
            with self.subTest(key):
                self.write(ipfs_api="none", peer_stats=peer, peer_namespace="other",
                           **{key: value})
                self.assertIn(key, self.reload(exporter, REFUSED)["error"])

    def test_listen_address(self):
        peer = self.peer("one")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.write(ipfs_api="none", peer_stats=peer)
        exporter = self.started("--web.listen-address=127.0.0.1:0")
        self.write(ipfs_api="none", peer_stats=peer, web_listen_address=f"127.0.0.1:{port}")
        self.reload(exporter)  # the flag wins, so nothing changes

    def test_flag_and_variable_win(self):
        peer = self.peer("one")
        self.write(ipfs_api="none", peer_stats=peer)
        exporter = self.started("--peer.interval=1h",
                                env={"IPFS_PEER_EXPORTER_PEER_NAMESPACE": "train"})
        exporter.wait_poll("peer.one")
        self.write(ipfs_api="none", peer_stats=peer, peer_interval="5m", peer_namespace="other")
        self.reload(exporter)
        page = exporter.page()
        self.assertEqual(page.value(INTERVAL, collector="peer.one"), 3600)
        self.assertEqual(page.value("train_a", peer="one"), 1)


class LifecycleTest(ReloadTest):
    def test_post(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_interval="1h")
        exporter = self.started("--web.enable-lifecycle")
        self.write(ipfs_api="none", peer_stats=self.peer("two"), peer_interval="1h")
        status, _, body = exporter.get("/-/reload", method="POST")
        self.assertEqual((status, body), (200, "Configuration reloaded.\n"))
        self.assertNotIn('peer="one"', exporter.get("/metrics")[2])
        self.write_text(self.config, "peer.interval: soon")
        status, _, body = exporter.get("/-/reload", method="POST")
        self.assertEqual(status, 500)
        self.assertIn("config.yml:1:1", body)
        self.assertEqual(body.count("\n"), 1)
        status, headers, _ = exporter.get("/-/reload")
        self.assertEqual((status, headers["Allow"]), (405, "POST"))

    def test_not_without_the_flag(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"))
        exporter = self.started()
        status, _, body = exporter.get("/-/reload", method="POST")
        self.assertEqual(status, 403)
        self.assertIn("--web.enable-lifecycle", body)
        self.assertEqual(exporter.get("/-/reload")[0], 405)
        self.assertFalse([line for line in exporter.log
                          if line.get("msg", "").startswith("configuration ")])

    def test_many_at_once(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_interval="1h")
        exporter = self.started("--web.enable-lifecycle")
        with concurrent.futures.ThreadPoolExecutor(20) as threads:
            asked = [threads.submit(exporter.get, "/-/reload", "POST") for _ in range(200)]
            statuses = [future.result()[0] for future in asked]
        self.assertEqual(statuses, [200] * 200)

    def test_stop_during_requests(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"))
        exporter = self.started("--web.enable-lifecycle")
        with contextlib.closing(http.client.HTTPConnection(exporter.address)) as connection:
            connection.request("POST", "/-/reload")
            self.assertEqual(exporter.terminate(), 0)


class SurvivalTest(ReloadTest):
    def test_connections_of_clients_and_counters(self):
        daemon = self.daemon()
        self.write(ipfs_api=daemon.url)
        exporter = self.started()
        exporter.wait_collectors()
        connection = http.client.HTTPConnection(exporter.address, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.connect()
            local = connection.sock.getsockname()
            before = None
            for number in range(10):
                self.write(ipfs_api=daemon.url, peer_interval=f"{number + 1}s")
                self.reload(exporter)
                connection.request("GET", "/metrics")
                response = connection.getresponse()
                text = response.read().decode()
                self.assertEqual(response.status, 200)
                page = exporter.page()
                self.assertIn(POLLS, text)
                self.check_no_counter_fell(before, page)
                before = page
            self.assertEqual(connection.sock.getsockname(), local)

    def check_no_counter_fell(self, before, after):
        if before is None:
            return
        now = after.samples()
        for (name, labels), value in before.samples().items():
            if name.endswith("_total"):
                self.assertGreaterEqual(now.get((name, labels), -1), value, (name, labels))

    def test_unchanged_polls_are_not_made_again(self):
        daemon = self.daemon()
        self.write(ipfs_api=daemon.url, peer_stats=self.peer("one"), peer_interval="1h",
                   **{"collector.ipfs.swarm": "1h"})
        exporter = self.started()
        exporter.wait_poll("ipfs.swarm", result="ok")
        exporter.wait_poll("peer.one")
        for _ in range(3):
            self.reload(exporter)
        page = exporter.page()
        self.assertEqual(page.value(POLLS, collector="ipfs.swarm"), 1)
        self.assertEqual(page.value(POLLS, collector="peer.one"), 1)

    def test_during_a_poll_that_hangs(self):
        daemon = self.daemon()
        daemon.script("swarm/peers", hangs)
        path = self.folder / "hangs.sock"
        hanging = self.enterContext(StatsSocket(path, lambda _, peer: peer.stopping.wait()))
        self.write(ipfs_api=daemon.url, peer_stats=f"one=unix:{path}")
        exporter = self.started()
        daemon.wait_for_call("swarm/peers")
        self.reload(exporter)  # nothing changed: the calls go on
        daemon.script("swarm/peers", None)
        hanging.behaviour = says('{"a":1}')
        other = self.folder / "other.sock"
        self.enterContext(StatsSocket(other, says('{"b":1}')))
        self.write(ipfs_api=daemon.url, peer_stats=f"one=unix:{other}",
                   **{"no-collector.ipfs.swarm": "true"})
        self.reload(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        self.assertEqual(exporter.page().value("peer_b", peer="one"), 1)
        self.write(ipfs_api=daemon.url, peer_stats=f"one=unix:{other}")
        self.reload(exporter)
        exporter.wait_poll("ipfs.swarm", after=self.at, result="ok")

    def test_a_burst_of_signals(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_interval="1h")
        exporter = self.started()
        exporter.wait_poll("peer.one")
        for number in range(200):
            if number == 100:
                self.write(ipfs_api="none", peer_stats=self.peer("two"), peer_interval="1h")
            os.kill(exporter.pid, signal.SIGHUP)
        exporter.wait_poll("peer.two")
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        self.assertEqual(exporter.page().value("peer_a", peer="two"), 1)

    def test_nohup_does_not_hide_the_signal(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"))
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            exporter = self.started()
        finally:
            signal.signal(signal.SIGHUP, before)
        self.reload(exporter)


class AutoReloadTest(ReloadTest):
    def config_map(self, name, text):
        """Mounts the file as Kubernetes does: file -> ..data/file, ..data -> a folder."""
        version = self.folder / f"..{name}"
        version.mkdir()
        (version / "config.yml").write_text(text)
        link = self.folder / "..data_tmp"
        link.symlink_to(version.name)
        link.rename(self.folder / "..data")
        if not self.config.is_symlink():
            self.config.symlink_to("..data/config.yml")

    def test_a_config_map(self):
        text = f"ipfs.api: none\npeer.stats: {self.peer('one')}\npeer.interval: {{}}\n"
        self.config_map("first", text.format("1h"))
        exporter = self.started("--config.auto-reload")
        self.config_map("second", text.format("2h"))
        self.wait_outcome(exporter)
        self.assertEqual(exporter.page().value(INTERVAL, collector="peer.one"), 7200)
        self.config_map("third", "bad")
        self.wait_outcome(exporter, REFUSED)
        self.config_map("fourth", text.format("3h"))
        self.wait_outcome(exporter)
        self.assertEqual(exporter.page().value(INTERVAL, collector="peer.one"), 3 * 3600)
        self.assertEqual(sum(line.get("msg", "").startswith("configuration ")
                             for line in exporter.log), 3)

    def test_the_mapping_file(self):
        mapping = self.folder / "mapping.yml"
        self.write(ipfs_api="none", peer_stats=self.peer("one"), peer_mapping=mapping)
        self.write_text(mapping, "rules:\n- {path: /a, name: first, help: A.}\n")
        exporter = self.started("--config.auto-reload")
        self.write_text(mapping, "rules:\n- {path: /a, name: second, help: A.}\n")
        self.wait_outcome(exporter)
        exporter.wait_poll("peer.one", after=self.at)
        self.assertEqual(exporter.page().value("peer_second", peer="one"), 1)

    def test_a_file_that_appears_later(self):
        peer, mapping = self.peer("one"), self.folder / "mapping.yml"
        self.write(ipfs_api="none", peer_stats=peer)
        exporter = self.started("--config.auto-reload")
        self.write(ipfs_api="none", peer_stats=peer, peer_mapping=mapping)
        self.wait_outcome(exporter, REFUSED)
        self.write_text(mapping, "rules:\n- {path: /a, name: late, help: A.}\n")
        self.wait_outcome(exporter)


class ServiceManagerTest(ReloadTest):
    def manager(self, address):
        told = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        told.bind(address)
        told.settimeout(PATIENCE)
        return told

    def test_notifications(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"))
        abstract = f"ipe-test-{os.getpid()}"
        path = str(self.folder / "notify.sock")
        for address, variable in ((path, path), (f"\0{abstract}", f"@{abstract}")):
            with self.subTest(variable):
                manager = self.manager(address)
                exporter = self.started(env={"NOTIFY_SOCKET": variable})
                self.assertEqual(manager.recv(4096), b"READY=1")
                before = time.monotonic_ns() // 1000
                self.reload(exporter)
                first, second = manager.recv(4096).decode().split("\n")
                self.assertEqual(first, "RELOADING=1")
                key, _, at = second.partition("=")
                self.assertEqual(key, "MONOTONIC_USEC")
                self.assertLessEqual(before, int(at))
                self.assertLessEqual(int(at), time.monotonic_ns() // 1000)
                self.assertEqual(manager.recv(4096), b"READY=1")
                self.assertEqual(exporter.terminate(), 0)
                self.assertEqual(manager.recv(4096), b"STOPPING=1")
