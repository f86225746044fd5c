"""promtool accepts the page, and a real Prometheus stores its samples."""

import shutil
import subprocess
import sys
import unittest

from harness import PATIENCE, REPOSITORY, IntegrationTest
from prometheus_server import Prometheus

LEARNING_PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"
# These change between a page and the scrape after it.
CHANGING = ("process_", "ipfs_peer_exporter_", "peer_")


class LearningPeer(IntegrationTest):
    def start(self):
        """An exporter with a recorded daemon and a peer that trains."""
        fake = self.daemon()
        socket_path = self.temporary() / "stats.sock"
        peer = subprocess.Popen(
            [sys.executable, LEARNING_PEER, "--stats", f"unix:{socket_path}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(peer.wait)
        self.addCleanup(peer.kill)
        exporter = self.exporter(
            f"--ipfs.api={fake.url}", f"--peer.stats=unix:{socket_path}",
            "--peer.interval=200ms")
        exporter.wait_collectors()
        exporter.wait_poll("peer.stats", result="ok")
        return exporter


@unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
class PromtoolTest(LearningPeer):
    def test_promtool_has_nothing_to_say(self):
        exporter = self.start()
        for path in ("/metrics", "/metrics/ipfs", "/metrics/peer"):
            with self.subTest(path):
                checked = subprocess.run(
                    ["promtool", "check", "metrics"], input=exporter.get(path)[2],
                    capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(
                    (checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_promtool_would_have(self):
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input="# TYPE a counter\na 1\n",
            capture_output=True, text=True, timeout=PATIENCE)
        self.assertNotEqual(checked.returncode, 0)


@unittest.skipUnless(shutil.which("prometheus"), "Prometheus is not installed")
class PrometheusTest(LearningPeer):
    def test_what_it_stored(self):
        running = self.start()
        running.get("/metrics")  # the pages count this scrape from the next poll on
        running.wait_poll("peer.stats", len(running.log), result="ok")
        page = running.page()
        prometheus = Prometheus(self.temporary(), [{
            "job_name": "exporter", "scrape_interval": "1s",
            "static_configs": [{"targets": [running.address]}]}])
        self.addCleanup(prometheus.close)
        prometheus.wait_for_scrapes(2)
        self.check_samples(prometheus, page)
        self.check_metadata(prometheus, page)

    def check_samples(self, prometheus, page):
        # If a busy machine is late with a scrape, the earlier samples are still there.
        stored = {self.key(sample["metric"]): float(sample["value"][1]) for sample in
                  prometheus.query('last_over_time({job="exporter"}[1h])')}
        steady = {key: value for key, value in page.samples().items()
                  if not key[0].startswith(CHANGING)}
        self.assertGreater(len(steady), 40)
        for key, value in steady.items():
            self.assertEqual(stored.get(key), value, key)
        for key in page.samples():
            self.assertIn(key, stored)
        self.assertEqual(stored["peer_up", frozenset()], 1)
        self.assertGreaterEqual(stored["peer_trainings_total", frozenset()], 1)

    def check_metadata(self, prometheus, page):
        """Each family has HELP, and TYPE and UNIT as in OpenMetrics, which Prometheus prefers."""
        metadata = prometheus.api("metadata")
        for name, family in page.families.items():
            kind, unit = "unknown" if family.type == "untyped" else family.type, ""
            if name.endswith("_info"):
                kind = "info"
            name = name.removesuffix({"counter": "_total", "info": "_info"}.get(kind, ""))
            for base in ("seconds", "bytes", "ratio"):
                unit = base if name.endswith("_" + base) and kind != "info" else unit
            (known,) = metadata[name]
            self.assertEqual((known["type"], known["unit"]), (kind, unit), name)
            self.assertTrue(known["help"], name)

    @staticmethod
    def key(metric):
        labels = {name: value for name, value in metric.items()
                  if name not in ("__name__", "job", "instance")}
        return metric["__name__"], frozenset(labels.items())


if __name__ == "__main__":
    unittest.main()
