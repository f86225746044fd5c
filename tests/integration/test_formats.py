"""OpenMetrics has the same series as text, and types that it allows.

test_page_readers.py has other parsers and more pages.
"""

import sys
import unittest

from harness import REPOSITORY, VERSIONS, FakeDaemon, IntegrationTest, Page
from cells import built_in, calls_of, flags, settle

CLIENT = REPOSITORY / "build" / "prometheus-client"  # scripts/setup.sh makes it
sys.path.append(str(CLIENT))

OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
# As Prometheus 3 asks by default.
PROMETHEUS = ("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
              "application/openmetrics-text;version=0.0.1;q=0.5,"
              "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
              "text/plain;version=0.0.4;q=0.3,*/*;q=0.2")

# Documents of a peer, with what OpenMetrics makes of their families.
DOCUMENTS = {
    "counters": (
        "# TYPE a_total counter\na_total 1\n# TYPE b counter\nb 2\n",
        {"peer_a": "counter", "peer_b": "unknown"}),
    "a counter beside the gauge that has its name in OpenMetrics": (
        "# TYPE a_total counter\na_total 1\n# TYPE a gauge\na 2\n",
        {"peer_a_total": "unknown", "peer_a": "gauge"}),
    "suffixes": (
        "# TYPE a_total gauge\na_total 1\n# TYPE a_created gauge\na_created 2\n"
        "# TYPE a_bucket gauge\na_bucket 3\n# TYPE a_count gauge\na_count 4\n"
        "# TYPE a_sum gauge\na_sum NaN\n# TYPE a gauge\na -1\n# TYPE a_info gauge\na_info 1\n",
        {"peer_a_total": "gauge", "peer_a_created": "gauge", "peer_a_bucket": "gauge",
         "peer_a_count": "gauge", "peer_a_sum": "gauge", "peer_a": "gauge",
         "peer_a_info": "gauge"}),
    "info": (
        '# TYPE a_info gauge\na_info{v="1"} 1\na_info{v="2"} 1\n# TYPE b_info gauge\nb_info 2\n'
        "c_info 1\n",
        {"peer_a": "info", "peer_b_info": "gauge", "peer_c_info": "unknown"}),
    "a histogram": (
        '# TYPE h_seconds histogram\nh_seconds_bucket{le="1"} 1\nh_seconds_bucket{le="+Inf"} 2\n'
        "h_seconds_sum 2.5\nh_seconds_count 2\n", {"peer_h_seconds": "histogram"}),
    "histograms of which one has a negative sum": (
        '# TYPE h histogram\nh_bucket{a="1",le="+Inf"} 2\nh_sum{a="1"} 2.5\nh_count{a="1"} 2\n'
        'h_bucket{a="2",le="+Inf"} 2\nh_sum{a="2"} -1\nh_count{a="2"} 2\n',
        {"peer_h_bucket": "unknown", "peer_h_sum": "unknown", "peer_h_count": "unknown"}),
    "a negative bound": (
        '# TYPE h histogram\nh_bucket{le="-1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n',
        {"peer_h_bucket": "unknown", "peer_h_sum": "unknown", "peer_h_count": "unknown"}),
    "no buckets": (
        "# TYPE h histogram\nh_sum 2\nh_count 3\n", {"peer_h": "histogram"}),
    "a summary": (
        '# TYPE s summary\ns{quantile="0.5"} 1\ns{quantile="1"} 2\ns_sum 3\ns_count 2\n',
        {"peer_s": "summary"}),
    "a negative quantile": (
        '# TYPE s summary\ns{quantile="0.5"} -1\ns_sum 3\ns_count 2\n',
        {"peer_s": "unknown", "peer_s_sum": "unknown", "peer_s_count": "unknown"}),
    "a time of creation beside a summary": (
        "# TYPE s summary\ns_sum 3\ns_count 2\n# TYPE s_created gauge\ns_created 7\n",
        {"peer_s_sum": "unknown", "peer_s_count": "unknown", "peer_s_created": "gauge"}),
    "escapes": (
        '# HELP a A "b" \\\\ \\n c\\d.\n# TYPE a gauge\na{b="\\"\\\\\\n # {} ,"} 1\n',
        {"peer_a": "gauge"}),
}


def open_metrics_parser():
    """The one of prometheus_client; skips the tests without it."""
    try:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
    except ImportError:
        raise unittest.SkipTest("prometheus_client is not there: ./check does that") from None
    return text_string_to_metric_families


def key(name, labels, value):
    return name, sorted(labels.items()), repr(float(value))  # NaN is equal to itself as text


def lines(page):
    return sorted(line for line in page.splitlines() if not line.startswith("#"))


class FormatsTest(IntegrationTest):
    def setUp(self):
        self.read = open_metrics_parser()

    def both(self, exporter, path):
        """The bodies of a page in both formats, of the same values."""
        for _ in range(100):
            _, headers, before = exporter.get(path)
            self.assertEqual(headers["Content-Type"], TEXT)
            status, headers, body = exporter.get(path, Accept=PROMETHEUS)
            self.assertEqual((status, headers["Content-Type"], headers["Vary"]),
                             (200, OPEN + "; escaping=allow-utf-8", "Accept, Accept-Encoding"))
            text = exporter.get(path)[2]
            if text == before:  # no poll has ended meanwhile
                return text, body
        return self.fail("the page changes with every request")

    def check_page(self, exporter, path="/metrics"):
        """The types of the families in OpenMetrics, after the comparison with text."""
        text, body = self.both(exporter, path)
        families = list(self.read(body))
        samples = [sample for family in families for sample in family.samples]
        self.assertEqual(sorted(key(one.name, one.labels, one.value) for one in samples),
                         sorted(key(name, dict(labels), value)
                                for (name, labels), value in Page(text).samples().items()))
        # Also as text: the parsers do not look at how a number is written.
        self.assertEqual(lines(text), lines(body))
        self.assertTrue(body.endswith("# EOF\n"))
        return {family.name: family.type for family in families}

    def test_every_recorded_daemon(self):
        collectors = built_in()
        running = []
        for version in VERSIONS:
            fake = self.enterContext(FakeDaemon(calls_of(f"{version}/online"), "127.0.0.1:0"))
            running.append((version, self.exporter(f"--ipfs.api={fake.url}", "--ipfs.budget=0",
                                                   *flags(collectors))))
        for version, exporter in running:
            settle(exporter, collectors)
            with self.subTest(version):
                self.assertEqual(self.check_page(exporter, "/metrics/peer"), {})
                types = self.check_page(exporter)
                # Scrapes are counted from the next poll on.
                different = self.check_page(exporter, "/metrics/ipfs").keys() ^ types.keys()
                self.assertEqual(different - {"ipfs_peer_exporter_scrapes"}, set())
                self.assertEqual(types["ipfs_up"], "gauge")
                self.assertEqual(types["ipfs_peer_exporter_build"], "info")
                self.assertEqual(types["ipfs_swarm_peer_latency_seconds"], "histogram")
                # All types are as in text: no name of ours is one that OpenMetrics forbids.
                self.assertNotIn("unknown", types.values())

    def peer(self, document):
        peer = self.stats_socket(lambda connection, _: connection.sendall(document))
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={peer.address}")
        exporter.wait_poll("peer.stats")
        return exporter

    def test_documents_of_peers(self):
        for name, (document, kinds) in DOCUMENTS.items():
            with self.subTest(name):
                exporter = self.peer(document.encode())
                types = self.check_page(exporter, "/metrics/peer")
                self.assertEqual({name: kind for name, kind in types.items()
                                  if name.startswith("peer_") and name != "peer_up"}, kinds)
                exporter.close()

    def test_formats_by_header(self):
        exporter = self.peer(b"a 1\n")
        Page(exporter.get("/metrics")[2])
        for accept, kind in (
                ("text/plain;version=1.0.0;escaping=values",
                 "text/plain; version=1.0.0; charset=utf-8; escaping=values"),
                ("application/openmetrics-text; version=0.0.1, */*;q=0.1",
                 "application/openmetrics-text; version=0.0.1; charset=utf-8"),
                ("image/png", TEXT), ("*/*", TEXT)):
            _, headers, body = exporter.get("/metrics/peer", Accept=accept)
            self.assertEqual(headers["Content-Type"], kind)
            self.assertEqual(body.endswith("# EOF\n"), "openmetrics" in kind)
        exporter.get("/metrics/peer?collect[]=none", Accept=OPEN)
        exporter.wait_poll("peer.stats", len(exporter.log))
        scrapes = exporter.page().series("ipfs_peer_exporter_scrapes_total")
        self.assertEqual(
            {tuple(dict(labels)[name] for name in ("page", "code", "format")): value
             for labels, value in scrapes.items()},
            {("metrics", "200", "text"): 1, ("peer", "200", "text"): 3,
             ("peer", "200", "openmetrics"): 1, ("peer", "400", "openmetrics"): 1})


if __name__ == "__main__":
    unittest.main()
