"""JSON of a peer over a Unix socket and over HTTP."""

import json
import unittest

from harness import IntegrationTest, says
from fake_daemon import FakeDaemon, answers

PLAIN = {
    "trainings_total": 41,
    "model": {"accuracy": 0.93, "lossRatio": 1.5e-3, "isFinal": False},
    "ready": True,
    "info": {"name": "learner", "modelKind": "logistic"},
    "note": "a text that is no label",
    "tips": [1, 2, 3],
}
SELF_DESCRIBING = {
    "metrics": [
        {"name": "rounds_total", "type": "counter", "help": "Rounds \\ so far.", "value": 3},
        {"name": "queue", "type": "gauge", "unit": "bytes", "help": "Waiting.",
         "labels": {"kind": "new \"ones\""}, "value": 2.5},
        {"name": "duration_seconds", "type": "histogram", "help": "How long.",
         "buckets": {"0.1": 1, "1.0": 3, "+Inf": 4}, "sum": 2.25, "count": 4},
    ]
}


class PeerJsonTest(IntegrationTest):
    def read(self, url, *flags):
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={url}", *flags)
        exporter.wait_poll("peer.stats", result="ok")
        return exporter.page()

    def read_socket(self, document, *flags):
        text = document if isinstance(document, str) else json.dumps(document)
        return self.read(self.stats_socket(says(text)).address, *flags)

    def skipped(self, page):
        return {dict(labels)["reason"]: value for labels, value in
                page.series("ipfs_peer_exporter_skipped_samples_total").items() if value}

    def check_plain(self, page, namespace="peer"):
        self.assertEqual(page.value("peer_up"), 1)
        for name, value, kind in [
                ("trainings_total", 41, "counter"),
                ("model_accuracy", 0.93, "gauge"),
                ("model_loss_ratio", 0.0015, "gauge"),
                ("model_is_final", 0, "gauge"),
                ("ready", 1, "gauge")]:
            self.assertEqual(page.value(f"{namespace}_{name}"), value, name)
            self.assertEqual(page.families[f"{namespace}_{name}"].type, kind, name)
        self.assertEqual(
            page.value(f"{namespace}_info", name="learner", model_kind="logistic"), 1)

    def test_plain_json_on_a_socket(self):
        page = self.read_socket(PLAIN)
        self.check_plain(page)
        self.assertEqual(page.names("peer_"), {
            "peer_up", "peer_trainings_total", "peer_model_accuracy", "peer_model_loss_ratio",
            "peer_model_is_final", "peer_ready", "peer_info"})

    def test_what_is_no_number_is_counted_as_skipped(self):
        # The string and the three numbers of the array.
        self.assertEqual(self.skipped(self.read_socket(PLAIN)), {"type": 4})

    def test_plain_json_over_http(self):
        peer = self.enterContext(FakeDaemon())
        peer.script("/stats", answers(json.dumps(PLAIN)))
        self.check_plain(self.read(f"{peer.url}/stats"))
        self.assertEqual(set(peer.calls), {("GET", "/stats")})

    def test_the_namespace(self):
        page = self.read_socket(PLAIN, "--peer.namespace=learner")
        self.check_plain(page, "learner")
        self.assertEqual(page.names("peer_"), {"peer_up"})

    def test_families_of_the_daemon_are_reserved_in_its_namespace(self):
        page = self.read_socket({"tips": 3, "repo_size_bytes": 1}, "--peer.namespace=ipfs")
        self.assertEqual(page.names("ipfs_tips"), {"ipfs_tips"})
        self.assertIsNone(page.value("ipfs_repo_size_bytes"))
        self.assertEqual(self.skipped(page), {"reserved": 1})

    def test_a_name_that_has_the_namespace_already(self):
        page = self.read_socket({"peer_tips": 3})
        self.assertEqual(page.names("peer_"), {"peer_up", "peer_tips"})

    def test_self_describing_json(self):
        page = self.read_socket(SELF_DESCRIBING)
        self.assertEqual(page.value("peer_rounds_total"), 3)
        self.assertEqual(page.families["peer_rounds_total"].type, "counter")
        self.assertEqual(page.families["peer_rounds_total"].help, "Rounds \\\\ so far.")
        self.assertEqual(page.value("peer_queue_bytes", kind='new "ones"'), 2.5)
        self.assertEqual(page.families["peer_duration_seconds"].type, "histogram")
        buckets = page.series("peer_duration_seconds_bucket")
        self.assertEqual({dict(labels)["le"]: value for labels, value in buckets.items()},
                         {"0.1": 1, "1.0": 3, "+Inf": 4})
        self.assertEqual(page.value("peer_duration_seconds_sum"), 2.25)
        self.assertEqual(page.value("peer_duration_seconds_count"), 4)
        self.assertEqual(self.skipped(page), {})

    def test_each_bad_sample_is_dropped_alone_and_counted(self):
        deep = "1"
        for _ in range(20):
            deep = f'{{"a":{deep}}}'
        for reason, document in {
                "type": '{"good":1,"bad":"text"}',
                "negative_counter": '{"good":1,"bad_total":-1}',
                "name": '{"good":1,"' + "n" * 250 + '":1}',
                "duplicate": '{"good":1,"camelCase":1,"camel_case":2}',
                "non_finite": '{"good":1,"bad":NaN}',
                "reserved": '{"good":1,"up":1}',
                "depth": f'{{"good":1,"deep":{deep}}}',
                "label": '{"good":1,"info":{"a":"' + "v" * 300 + '"}}',
        }.items():
            with self.subTest(reason):
                page = self.read_socket(document)
                self.assertEqual(page.value("peer_good"), 1)
                self.assertEqual(self.skipped(page), {reason: 1})

    def test_the_series_limit(self):
        document = {f"n{number}": number for number in range(60)}
        page = self.read_socket(document, "--peer.max-series=50")
        self.assertEqual(len(page.names("peer_n")), 50)
        self.assertEqual(self.skipped(page), {"series_limit": 10})

    def test_peers_with_names(self):
        sockets = {name: self.stats_socket(says(json.dumps({"tips": tips}))).address
                   for name, tips in (("a", 1), ("b", 2))}
        exporter = self.exporter(
            "--ipfs.api=none", *(f"--peer.stats={name}={url}" for name, url in sockets.items()))
        for name in sockets:
            exporter.wait_poll(f"peer.{name}", result="ok")
        page = exporter.page()
        self.assertEqual(page.value("peer_tips", peer="a"), 1)
        self.assertEqual(page.value("peer_tips", peer="b"), 2)
        self.assertEqual(page.value("peer_up", peer="b"), 1)


if __name__ == "__main__":
    unittest.main()
