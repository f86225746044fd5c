"""Peers in four languages, and one with a Prometheus client library."""

import pathlib
import shutil
import subprocess
import sys
import time
import unittest

from harness import BINARY, PATIENCE, REPOSITORY, IntegrationTest

BUILD = pathlib.Path(BINARY).parent
EXAMPLES = REPOSITORY / "examples" / "stats-socket"
CLIENT = REPOSITORY / "build" / "prometheus-client"  # scripts/setup.sh makes it

CLIENT_PEER = """
import sys
from prometheus_client import (
    Counter, Enum, Gauge, Histogram, Info, Summary, start_http_server)

Counter("rounds", "Rounds so far.", ["kind"]).labels(kind='new "ones"').inc(3)
Gauge("temperature_celsius", "How warm.").set(-2.5)
seconds = Histogram("round_seconds", "Time of one round.", buckets=[0.5, 1])
for took in 0.25, 0.75, 2:
    seconds.observe(took)
Summary("reply_bytes", "Size of a reply.").observe(512)
Info("release", "What runs.").info({"version": "1.2"})
Enum("state", "What it does.", states=["idle", "busy"]).state("busy")
server, thread = start_http_server(0, addr="127.0.0.1")
print(server.server_port, flush=True)
thread.join()
"""


class StatsExamplesTest(IntegrationTest):
    def tool(self, name):
        path = shutil.which(name)
        if path is None:
            self.skipTest(f"{name} is not installed")
        return path

    def start(self, *command, **options):
        peer = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, **options)

        def end():
            peer.kill()
            peer.communicate()
        self.addCleanup(end)
        return peer

    def built(self, *command):
        """The compiled program of a peer."""
        program = self.temporary(BUILD) / "peer"  # the temporary folder may be mounted noexec
        subprocess.run([*command[:-1], "-o", program, command[-1]], check=True,
                       timeout=4 * PATIENCE)
        return program

    def check(self, *command, info):
        """The peer's numbers arrive, its jobs continue, and it removes its socket."""
        path = self.temporary() / "stats.sock"
        path.write_text("left by a peer that was killed")
        peer = self.start(*command, path)
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats=unix:{path}",
                                 "--peer.interval=50ms")
        poll = exporter.wait_poll("peer.stats", result="ok")
        page = exporter.page()
        self.assertEqual(path.stat().st_mode & 0o777, 0o660)
        self.assertEqual(page.families["peer_jobs_total"].type, "counter")
        [length] = page.series("peer_queue_length").values()
        self.assertEqual(length, 3)
        if info:
            self.assertEqual(page.value(info[0], language=info[1]), 1)
        self.assertFalse(page.series("ipfs_peer_exporter_skipped_samples_total"))
        before = page.value("peer_jobs_total")
        deadline = time.monotonic() + PATIENCE
        while exporter.page().value("peer_jobs_total") == before:
            self.assertLess(time.monotonic(), deadline, "it does no jobs")
            poll = exporter.wait_poll("peer.stats", poll["at"], result="ok")
        self.assertGreater(exporter.page().value("peer_jobs_total"), before)
        peer.terminate()
        peer.wait(PATIENCE)
        self.assertFalse(path.exists())
        return page

    def test_python(self):
        self.check(sys.executable, EXAMPLES / "peer.py", info=("peer_info", "python"))

    def test_node(self):
        page = self.check(self.tool("node"), EXAMPLES / "peer.cjs",
                          info=("peer_runtime_info", "node"))
        self.assertEqual(page.families["peer_job_duration_seconds"].type, "histogram")

    def test_go(self):
        self.check(self.built(self.tool("go"), "build", EXAMPLES / "peer.go"), info=None)

    def test_cpp(self):
        self.check(self.built(self.tool("g++"), "-std=c++20", EXAMPLES / "peer.cc"),
                   info=("peer_info", "c++"))

    @unittest.skipUnless(CLIENT.exists(), "prometheus_client is not there: ./check does that")
    def test_the_client_library(self):
        peer = self.start(sys.executable, "-c", CLIENT_PEER, stdout=subprocess.PIPE,
                          env={"PYTHONPATH": str(CLIENT)})
        port = int(peer.stdout.readline())
        exporter = self.exporter("--ipfs.api=none",
                                 f"--peer.stats=http://127.0.0.1:{port}/metrics")
        exporter.wait_poll("peer.stats", result="ok")
        page = exporter.page()
        types = {name: page.families[f"peer_{name}"].type for name in
                 ("rounds_total", "temperature_celsius", "round_seconds", "reply_bytes",
                  "release_info", "state", "python_info")}
        self.assertEqual(types, {
            "rounds_total": "counter", "temperature_celsius": "gauge",
            "round_seconds": "histogram", "reply_bytes": "summary", "release_info": "gauge",
            "state": "gauge", "python_info": "gauge"})
        for name, labels, value in [
                ("rounds_total", {"kind": 'new "ones"'}, 3),
                ("temperature_celsius", {}, -2.5),
                ("round_seconds_bucket", {"le": "0.5"}, 1),
                ("round_seconds_bucket", {"le": "1.0"}, 2),
                ("round_seconds_bucket", {"le": "+Inf"}, 3),
                ("round_seconds_sum", {}, 3),
                ("round_seconds_count", {}, 3),
                ("reply_bytes_sum", {}, 512),
                ("reply_bytes_count", {}, 1),
                ("release_info", {"version": "1.2"}, 1),
                ("state", {"state": "busy"}, 1),
                ("state", {"state": "idle"}, 0)]:
            self.assertEqual(page.value(f"peer_{name}", **labels), value, name)
        self.assertEqual(page.families["peer_round_seconds"].help, "Time of one round.")
        self.assertFalse(page.series("ipfs_peer_exporter_skipped_samples_total"))


if __name__ == "__main__":
    unittest.main()
