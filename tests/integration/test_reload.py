"""A reload of the configuration: what changes, and what survives."""

import contextlib
import http.client
import os
import signal

from harness import PATIENCE, StatsSocket, says
from fake_daemon import hangs
from reloading import INTERVAL, POLLS, REFUSED, SUCCESSFUL, ReloadTest


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
                   web_disable_exporter_metrics="true", web_max_requests="7")
        self.reload(exporter)
        self.assertEqual(exporter.get("/old")[0], 404)
        page = exporter.page("/new")
        self.assertEqual(page.value(SUCCESSFUL), 1)
        self.assertNotIn("process_cpu_seconds_total", page.families)


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

    def test_connections_to_the_daemon(self):
        daemon, peer = self.daemon(), self.peer("one")
        handle, opened = daemon.handle, []

        def count(connection):
            opened.append(connection)
            handle(connection)

        daemon.handle = count
        health = {"collector.ipfs.health": "100ms"}
        self.write(ipfs_api=daemon.url, **health)
        exporter = self.started()
        exporter.wait_collectors()
        before = len(opened)
        for number in range(5):
            self.write(ipfs_api=daemon.url, peer_stats=peer, peer_interval=f"{number + 1}h",
                       ipfs_timeout=f"{number + 60}s", **health)
            self.reload(exporter)
            exporter.wait_poll("ipfs.health", after=self.at, result="ok")
        self.assertEqual(len(opened), before)

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
