"""Two js-ipfs nodes on loopback exchange a file while the exporter polls one of them."""

import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
import unittest
import urllib.parse

from harness import JS_COLLECTORS, PATIENCE, REPOSITORY, IntegrationTest

KIT = REPOSITORY / "build" / "js-ipfs"
INSTALLED = KIT / "installed-lock.json"  # written last
TTL = 1200  # seconds after which a node ends by itself
MEGABYTE = 1 << 20

COUNTERS = {
    "ipfs_bandwidth_received_bytes_total": ("stats/bw", "TotalIn"),
    "ipfs_bandwidth_sent_bytes_total": ("stats/bw", "TotalOut"),
    "ipfs_bitswap_received_blocks_total": ("bitswap/stat", "BlocksReceived"),
    "ipfs_bitswap_received_bytes_total": ("bitswap/stat", "DataReceived"),
    "ipfs_bitswap_sent_blocks_total": ("bitswap/stat", "BlocksSent"),
    "ipfs_bitswap_sent_bytes_total": ("bitswap/stat", "DataSent"),
    "ipfs_bitswap_received_duplicate_blocks_total": ("bitswap/stat", "DupBlksReceived"),
    "ipfs_bitswap_received_duplicate_bytes_total": ("bitswap/stat", "DupDataReceived"),
}


class Node:
    """One node; it prints a line of JSON when it answers."""

    def __init__(self, repo, api_port=0):
        self._process = subprocess.Popen(
            ["node", KIT / "daemon.cjs", "--repo", repo, "--api", str(api_port),
             "--ttl", str(TTL)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        # A node that never answers must not block the test.
        watchdog = threading.Timer(PATIENCE, self._process.kill)
        watchdog.start()
        line = self._process.stdout.readline()
        watchdog.cancel()
        if not line:
            self.kill()
            raise RuntimeError("the node ended before it answered")
        ready = json.loads(line)
        self.repo = repo
        self.api = ready["api"]
        self.swarm = ready["swarm"]

    def call(self, path, body=None, headers=None, **arguments):
        """The body of the answer to one RPC call."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.api).netloc,
                                                timeout=PATIENCE)
        with contextlib.closing(connection):
            query = urllib.parse.urlencode(arguments)
            connection.request("POST", f"/api/v0/{path}?{query}", body, headers or {})
            response = connection.getresponse()
            content = response.read()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status} {content[:200]}")
            return content

    def ask(self, path):
        return json.loads(self.call(path))

    def add(self, content):
        """Adds a file; returns its CID."""
        boundary = secrets.token_hex(16)
        head = (f"--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; "
                "filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n")
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return json.loads(self.call("add", body, kind))["Hash"]

    def kill(self):
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process.stdout.close()

    def restart(self):
        """Restarts a killed node at the same address and returns it."""
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(os.path.join(self.repo, "repo.lock"))
        return Node(self.repo, urllib.parse.urlsplit(self.api).port)


@unittest.skipUnless(INSTALLED.exists() and shutil.which("node"),
                     "build/js-ipfs is not installed: ./check does that")
class JsIpfsTest(IntegrationTest):
    def node(self, name):
        node = Node(str(self.temporary() / name))
        self.addCleanup(node.kill)
        return node

    def start_exporter(self, node):
        intervals = [f"--collector.ipfs.{name}=500ms" for name in JS_COLLECTORS]
        exporter = self.exporter(f"--ipfs.api={node.api}", *intervals)
        exporter.wait_collectors(collectors=JS_COLLECTORS)
        return exporter

    def wait_for_bytes(self, exporter, wanted, timeout=PATIENCE):
        """The counters of js-ipfs lag the traffic by a second or two."""
        deadline = time.monotonic() + timeout
        while exporter.page().value("ipfs_bitswap_received_bytes_total") < wanted:
            self.assertLess(time.monotonic(), deadline)
            exporter.wait_poll("ipfs.bitswap", len(exporter.log), result="ok")

    def wait_polls_that_begin_now(self, exporter):
        """Waits for two polls of each, because the first may have begun before."""
        at = len(exporter.log)
        for name in JS_COLLECTORS:
            after = at
            for _ in range(2):
                after = exporter.wait_poll(f"ipfs.{name}", after, result="ok")["at"]

    def test_a_file_goes_from_one_to_the_other(self):
        watched, other = self.node("watched"), self.node("other")
        exporter = self.start_exporter(watched)
        self.assertEqual(exporter.page().value("ipfs_swarm_peers"), 0)

        watched.call("swarm/connect", arg=other.swarm)
        content = secrets.token_bytes(MEGABYTE)
        self.assertEqual(watched.call("cat", arg=other.add(content)), content)
        self.wait_for_bytes(exporter, MEGABYTE)

        before = self.read_counters(watched)
        self.wait_polls_that_begin_now(exporter)
        page = exporter.page()
        after = self.read_counters(watched)
        for name in COUNTERS:
            self.assertLessEqual(before[name], page.value(name), name)
            self.assertGreaterEqual(after[name], page.value(name), name)
        self.assertEqual(page.value("ipfs_swarm_peers"), 1)
        self.assertEqual(page.value("ipfs_repo_size_bytes"),
                         int(watched.ask("repo/stat")["RepoSize"]))
        self.assertEqual(page.series("ipfs_bitswap_received_messages_total"), {})
        self.assertEqual(page.series("ipfs_repo_storage_max_bytes"), {})
        self.assertEqual(page.value("ipfs_node_info", peer_id=watched.ask("id")["ID"]), 1)

    def test_a_node_dies_and_returns(self):
        node = self.node("mortal")
        exporter = self.start_exporter(node)
        names = exporter.page().names("ipfs_")
        at = len(exporter.log)
        node.kill()
        exporter.wait_poll("ipfs.health", at, result="failed", reason="connect")
        self.assertEqual(exporter.page().value("ipfs_up"), 0)

        at = len(exporter.log)
        again = node.restart()
        self.addCleanup(again.kill)
        exporter.wait_collectors(at, JS_COLLECTORS)
        page = exporter.page()
        self.assertEqual(page.value("ipfs_up"), 1)
        self.assertLessEqual(names, page.names("ipfs_"))

    def read_counters(self, node):
        answers = {path: node.ask(path) for path in ("stats/bw", "bitswap/stat")}
        return {name: int(answers[path][field]) for name, (path, field) in COUNTERS.items()}


if __name__ == "__main__":
    unittest.main()
