"""promtool accepts the page, and a real Prometheus stores its samples."""

import subprocess
import sys
import unittest

from harness import REPOSITORY, IntegrationTest, says
from page_formats import FORMATS, PROMETHEUS_3, promtool_says, same, tools
from prometheus_server import Prometheus
from recorded_pages import CHANGING, DOCUMENTS, SCRAPES, PagesTest

LEARNING_PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"
# Of a peer that trains these change, too.
LEARNED = "peer_"
# What Prometheus stores of each scrape.
ADDED = ("up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_series_added",
         "scrape_samples_post_metric_relabeling")


def key(metric):
    """A series of Prometheus as on the page."""
    labels = {name: value for name, value in metric.items()
              if name not in ("__name__", "job", "instance")}
    return metric["__name__"], frozenset(labels.items())


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


@unittest.skipUnless(tools("promtool"), "promtool is not installed")
class PromtoolTest(LearningPeer):
    def test_promtool_has_nothing_to_say(self):
        exporter = self.start()
        for path in ("/metrics", "/metrics/ipfs", "/metrics/peer"):
            for promtool in tools("promtool"):
                with self.subTest(path, promtool=promtool):
                    self.assertEqual(promtool_says(promtool, exporter.get(path)[2]), "")

    def test_promtool_would_have(self):
        for promtool in tools("promtool"):
            self.assertNotEqual(promtool_says(promtool, "# TYPE a counter\na 1\n"), "")


@unittest.skipUnless(tools("prometheus"), "Prometheus is not installed")
class PrometheusTest(LearningPeer):
    def test_what_it_stored(self):
        running = self.start()
        running.get("/metrics")  # the pages count this scrape from the next poll on
        running.wait_poll("peer.stats", len(running.log), result="ok")
        page = running.page()
        for program in tools("prometheus"):
            with self.subTest(program):
                prometheus = Prometheus(self.temporary(), [{
                    "job_name": "exporter", "scrape_interval": "1s",
                    "static_configs": [{"targets": [running.address]}]}], program)
                self.addCleanup(prometheus.close)
                prometheus.wait_for_scrapes(2)
                self.check_samples(prometheus, page)
                self.check_metadata(prometheus, page)

    def check_samples(self, prometheus, page):
        # If a busy machine is late with a scrape, the earlier samples are still there.
        stored = {key(sample["metric"]): float(sample["value"][1]) for sample in
                  prometheus.query('last_over_time({job="exporter"}[1h])')}
        steady = {key: value for key, value in page.samples().items()
                  if not key[0].startswith((*CHANGING, LEARNED))}
        self.assertGreater(len(steady), 40)
        for series, value in steady.items():
            self.assertEqual(stored.get(series), value, series)
        for series in page.samples():
            self.assertIn(series, stored)
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


@unittest.skipUnless(tools("prometheus"), "Prometheus is not installed")
class StoredFormatsTest(PagesTest):
    """Prometheus stores the same of each format."""

    def scraped(self):
        """{address: text page} of each recorded daemon, and of a peer for each document."""
        exporters = [exporter for _, exporter, _ in self.start_all()]
        exporters.append(self.exporter("--ipfs.api=none", *(
            f"--peer.stats=d{number}=" + self.stats_socket(says(text)).address
            for number, text in enumerate(DOCUMENTS.values()))))
        for number in range(len(DOCUMENTS)):
            exporters[-1].wait_poll(f"peer.d{number}", result="ok")
        return {exporter.address: exporter.page() for exporter in exporters}

    @staticmethod
    def jobs(program, addresses):
        """A job for each format, which only Prometheus 3 can choose; else one."""
        job = {"scrape_interval": "2s", "scrape_timeout": "2s",
               "static_configs": [{"targets": addresses}]}
        if program != str(PROMETHEUS_3 / "prometheus"):
            return [job | {"job_name": "its choice"}]
        return [job | {"job_name": name, "scrape_protocols": [name]} for name in FORMATS]

    def test_each_page(self):
        pages = self.scraped()
        for program in tools("prometheus"):
            jobs = self.jobs(program, list(pages))
            prometheus = Prometheus(self.temporary(), jobs, program)
            self.addCleanup(prometheus.close)
            prometheus.wait_for_targets(len(jobs) * len(pages))
            for job in jobs:
                with self.subTest(program, job=job["job_name"]):
                    self.check_job(prometheus, job["job_name"], pages)
            prometheus.close()

    def check_job(self, prometheus, job, pages):
        stored = {address: {} for address in pages}
        for sample in prometheus.query(f'last_over_time({{job="{job}"}}[1h])'):
            labels = sample["metric"]
            stored[labels["instance"]][key(labels)] = float(sample["value"][1])
        for address, page in pages.items():
            found = {series: value for series, value in stored[address].items()
                     if series[0] not in ADDED}
            wanted = {(name, frozenset(pair for pair in labels if pair[1])): value
                      for (name, labels), value in page.samples().items()}  # no empty labels
            self.assertEqual({series for series in found if series[0] != SCRAPES},
                             {series for series in wanted if series[0] != SCRAPES})
            self.assertEqual({}, {
                series: (found[series], value) for series, value in wanted.items()
                if not series[0].startswith(CHANGING) and not same(found[series], value)})


if __name__ == "__main__":
    unittest.main()
