"""The outcome of a reload: what is refused, what is told, and POST /-/reload."""

import concurrent.futures
import contextlib
import http.client
import socket

from reloading import INTERVAL, POLLS, REFUSED, SUCCESSFUL, ReloadTest

SUCCESS_TIME = "ipfs_peer_exporter_config_last_reload_success_timestamp_seconds"


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
