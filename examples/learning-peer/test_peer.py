"""python3 examples/learning-peer/test_peer.py"""

import contextlib
import http.server
import json
import math
import os
import pathlib
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest
import unittest.mock

import gossip
import ipfs
import learning
import peer
import stats

CID = "bafk" + "a" * 55
FAMILIES = {
    "trainings_total": "counter",
    "training_failures_total": "counter",
    "training_duration_seconds": "histogram",
    "model_accuracy_ratio": "gauge",
    "model_loss": "gauge",
    "tips": "gauge",
    "models_published_total": "counter",
    "models_received_total": "counter",
    "info": "info",
}


class Store:
    """A daemon without a network: all peers can read what one adds."""

    def __init__(self):
        self.content = {}
        self.pinned = set()

    def add(self, content):
        cid = f"bafk{len(self.content):055}"
        self.content[cid] = content
        self.pinned.add(cid)
        return cid

    def cat(self, cid):
        return self.content[cid]

    def unpin(self, cid):
        self.pinned.remove(cid)


class DeadDaemon:
    def add(self, content):
        raise ConnectionRefusedError("refused")

    cat = unpin = add


class HungDaemon(Store):
    """Answers nothing until it is released."""

    def __init__(self):
        super().__init__()
        self.released = threading.Event()

    def add(self, content):
        self.released.wait(60)
        return super().add(content)


@contextlib.contextmanager
def serve(server):
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address
        server.shutdown()


def read_socket(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(60)
        client.connect(path)
        return client.makefile("rb").read()


def swap_tips(url, tips):
    return [gossip.swap_tips(address, tips) for address in gossip.find_addresses(url)]


def run_together(peers, rounds):
    for _ in range(rounds):
        for one in peers:
            one.run_round()
            for other in peers:
                if other is not one:
                    other.inbox.put(one.announced)


class Learning(unittest.TestCase):
    def test_accuracy_rises(self):
        alone = peer.Peer("alone", seed=1)
        start = alone.stats.accuracy
        for _ in range(100):
            alone.run_round()
        self.assertLess(start, 0.7)
        self.assertGreater(alone.stats.accuracy, 0.8)
        self.assertEqual(alone.stats.trainings, 100)
        self.assertEqual(alone.stats.failures, 0)

    def test_peers_see_different_data_of_one_world(self):
        a, b = peer.Peer("a", seed=1), peer.Peer("b", seed=1)
        self.assertEqual(a.test_set, b.test_set)
        self.assertNotEqual(a.shard, b.shard)
        self.assertEqual(a.shard, peer.Peer("a", seed=1).shard)

    def test_average(self):
        self.assertEqual(learning.average([[1, 2], [3, 6]]), [2, 4])

    def test_evaluate(self):
        loss, accuracy = learning.evaluate([0, 2], [([9, 1], 1.0), ([9, 1], 0.0)])
        self.assertEqual(accuracy, 0.5)
        right = 1 / (1 + math.exp(-2))
        self.assertAlmostEqual(loss, -(math.log(right) + math.log(1 - right)) / 2)


class Exchange(unittest.TestCase):
    def test_together_they_learn_more_than_alone(self):
        store = Store()
        together = [peer.Peer(name, 1, store) for name in "abc"]
        alone = [peer.Peer(name, 1) for name in "abc"]
        run_together(together, 30)
        run_together(alone, 30)
        for one, lonely in zip(together, alone):
            self.assertEqual(one.stats.failures, 0)
            self.assertEqual(one.stats.published, 30)
            self.assertGreater(one.stats.received, 30)
            self.assertEqual(lonely.stats.received, 0)
            self.assertGreater(one.stats.accuracy, lonely.stats.accuracy)
            self.assertGreaterEqual(len(one.tips), 1)
            self.assertLessEqual(len(one.tips), gossip.MAX_TIPS)

    def test_only_the_last_model_stays_pinned(self):
        store = Store()
        one = peer.Peer("a", 1, store)
        for _ in range(3):
            one.run_round()
        self.assertEqual(store.pinned, {one.own_cid})
        one.leave()
        self.assertEqual(store.pinned, set())

    def test_a_model_is_a_tip_until_another_builds_on_it(self):
        a, b = (peer.Peer(name, 1, Store()) for name in "ab")
        b.daemon = a.daemon
        a.run_round()
        first = a.own_cid
        self.assertEqual(list(a.tips), [first])
        b.run_round()  # publishes its first model, then receives the one of a
        b.inbox.put(a.announced)
        b.run_round()
        self.assertEqual(set(b.tips), {first, b.own_cid})
        b.run_round()
        self.assertEqual(list(b.tips), [b.own_cid])
        self.assertIn(first, json.loads(b.daemon.cat(b.own_cid))["parents"])

    def test_a_dead_daemon_does_not_stop_the_training(self):
        one = peer.Peer("a", 1, DeadDaemon())
        start = one.stats.accuracy
        one.inbox.put([CID])
        for _ in range(100):
            one.run_round()
        self.assertEqual(one.stats.trainings, 100)
        self.assertEqual(one.stats.failures, 100)
        self.assertEqual(one.stats.published, 0)
        self.assertGreater(one.stats.accuracy, max(start, 0.8))

    def test_a_dead_neighbour_does_not_stop_the_training(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        one = peer.Peer("a", 1, Store(), [f"http://127.0.0.1:{port}"])
        one.run_round()
        self.assertEqual(one.stats.trainings, 1)
        self.assertEqual(one.stats.failures, 1)
        self.assertEqual(one.stats.published, 1)

    def test_a_dead_neighbour_does_not_stop_the_gossip(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            dead = closed.getsockname()
        other = peer.Peer("b", 1, Store())
        alive = ("127.0.0.1", gossip.serve("127.0.0.1", 0, other))
        one = peer.Peer("a", 1, Store(), ["http://many:7000"])
        with unittest.mock.patch("gossip.find_addresses", lambda url: [dead, alive]):
            one.run_round()
        self.assertEqual(one.stats.failures, 1)
        self.assertEqual(other.inbox.take_all(), [[one.own_cid]])

    def test_a_hung_daemon_does_not_delay_the_training(self):
        one = peer.Peer("a", 1, HungDaemon())
        for _ in range(10):
            one.run_round(patience=0)
        self.assertEqual((one.stats.trainings, one.stats.failures), (10, 10))
        self.assertEqual(one.stats.published, 0)
        self.assertIn("longer than a round", str(one))
        one.daemon.released.set()
        one.exchanging.join(60)
        one.run_round()
        self.assertEqual((one.stats.failures, one.stats.published), (10, 2))
        self.assertEqual(one.daemon.pinned, {one.own_cid})

    def test_rounds_wait_for_each_exchange_until_the_next_round(self):
        waits = []
        one = unittest.mock.Mock(run_round=waits.append)
        with contextlib.redirect_stdout(None):
            peer.run_rounds(one, 0, 2)
            peer.run_rounds(one, 1000, 1)
        self.assertEqual(waits[:2], [peer.MIN_PATIENCE] * 2)
        self.assertTrue(900 < waits[2] <= 1000, waits)


class Absence(unittest.TestCase):
    """What is not there yet is no failure."""

    def failures(self, daemon, neighbours=(), rounds=1):
        one = peer.Peer("a", 1, daemon, neighbours)
        for _ in range(rounds):
            one.run_round()
        self.assertIn(" absent=" if not one.stats.failures else " error=", str(one))
        return one.stats.failures

    def test_a_name_without_addresses(self):
        """That of a headless Service has none while no pod is ready."""
        for code, later in ((socket.EAI_NONAME, 0), (socket.EAI_NODATA, 0), (socket.EAI_AGAIN, 1)):
            error = socket.gaierror(code, "lookup")
            with unittest.mock.patch("socket.getaddrinfo", side_effect=error):
                self.assertEqual(self.failures(Store(), ["http://peer:7000"]), 0, code)
                with unittest.mock.patch("peer.TIME_TO_START", 0):
                    self.assertEqual(self.failures(Store(), ["http://peer:7000"]), later, code)

    def test_a_daemon_that_starts(self):
        with tempfile.TemporaryDirectory() as directory:
            daemon = ipfs.Daemon(f"/unix{directory}/api.sock")
            self.assertEqual(self.failures(daemon, rounds=2), 0)
            with unittest.mock.patch("peer.TIME_TO_START", 0):
                self.assertEqual(self.failures(daemon), 1)

    def test_a_daemon_that_is_gone(self):
        store = Store()
        one = peer.Peer("a", 1, store)
        one.run_round()
        with unittest.mock.patch.object(store, "add", side_effect=FileNotFoundError):
            one.run_round()
        self.assertEqual(one.stats.failures, 1)


class Garbage(unittest.TestCase):
    def test_models(self):
        size = learning.FEATURES + 1
        self.assertEqual(len(peer.decode_model(self.model([0.5] * size)).weights), size)
        for content in (
            b"",
            b"\xff",
            b"null",
            b"[" * 100_000,
            b'{"weights": 1}',
            self.model([0.5] * size).replace(b'"parents": []', b'"parents": ["../x"]'),
            self.model([0.5] * (size - 1)),
            self.model([0.5] * (size - 1) + ["x"]),
            self.model([0.5] * (size - 1) + [10**400]),
            self.model([0.5] * (size - 1) + [1e300]),
            self.model([0.5] * (size - 1) + [math.nan]),
        ):
            with self.subTest(content[:60]), self.assertRaises(ValueError):
                peer.decode_model(content)

    def test_tips(self):
        self.assertEqual(gossip.decode_tips(json.dumps([CID])), [CID])
        for content in (
            b"",
            b"{}",
            b"[1]",
            b'["x"]',
            b"[" * 100_000,
            json.dumps([CID + "&arg=x"]),
            json.dumps([CID] * (gossip.MAX_TIPS + 1)),
        ):
            with self.subTest(content[:60]), self.assertRaises(ValueError):
                gossip.decode_tips(content)

    def test_a_bad_model_is_counted_and_not_kept(self):
        store = Store()
        one = peer.Peer("a", 1, store)
        one.inbox.put([store.add(b"rubbish")])
        one.run_round()
        self.assertEqual(one.stats.failures, 1)
        self.assertEqual(one.stats.received, 0)
        self.assertEqual(list(one.tips), [one.own_cid])

    @staticmethod
    def model(weights):
        return peer.encode_model(peer.Model(weights, []), "stranger")


class Gossip(unittest.TestCase):
    def test_two_peers_swap_tips(self):
        store = Store()
        a = peer.Peer("a", 1, store)
        a.run_round()
        port = gossip.serve("127.0.0.1", 0, a)
        b = peer.Peer("b", 1, store, [f"http://127.0.0.1:{port}"])
        b.run_round()
        a.run_round()
        self.assertEqual((a.stats.received, b.stats.received), (1, 1))
        self.assertEqual((a.stats.failures, b.stats.failures), (0, 0))

    def test_refuses_what_is_no_list_of_cids(self):
        one = peer.Peer("a", 1)
        port = gossip.serve("127.0.0.1", 0, one)
        with self.assertRaisesRegex(ValueError, "400"):
            swap_tips(f"http://127.0.0.1:{port}", ["../x"])
        self.assertEqual(one.inbox.take_all(), [])

    def test_refuses_a_negative_length(self):
        port = gossip.serve("127.0.0.1", 0, peer.Peer("a", 1))
        with socket.create_connection(("127.0.0.1", port), timeout=100) as client:
            client.sendall(b"POST /tips HTTP/1.1\r\nContent-Length: -1\r\n\r\n")
            self.assertIn(b" 400 ", client.recv(100))

    def test_a_round_asks_a_few_of_many_addresses(self):
        few, many = [("10.0.0.1", 7000)], [(f"10.0.0.{i}", 7000) for i in range(200)]
        self.assertEqual(gossip.choose(few), few)
        chosen = gossip.choose(many)
        self.assertEqual(len(set(chosen)), gossip.MAX_ADDRESSES)
        self.assertLess(set(chosen), set(many))

    @unittest.skipUnless(socket.has_dualstack_ipv6(), "no IPv6")
    def test_it_listens_on_all_addresses_of_both_families(self):
        port = gossip.serve(*peer.listen_address(":0"), peer.Peer("a", 1))
        for host in ("127.0.0.1", "[::1]"):
            with self.subTest(host):
                self.assertEqual(swap_tips(f"http://{host}:{port}", []), [[]])

    def test_it_listens_on_all_addresses_without_ipv6(self):
        with unittest.mock.patch("socket.has_dualstack_ipv6", lambda: False):
            port = gossip.serve(*peer.listen_address(":0"), peer.Peer("a", 1))
        self.assertEqual(swap_tips(f"http://127.0.0.1:{port}", []), [[]])

    @unittest.skipUnless(socket.has_dualstack_ipv6(), "no IPv6")
    def test_it_listens_on_one_address_of_ipv6(self):
        port = gossip.serve(*peer.listen_address("[::1]:0"), peer.Peer("a", 1))
        self.assertEqual(swap_tips(f"http://[::1]:{port}", []), [[]])
        with self.assertRaises(OSError):
            swap_tips(f"http://127.0.0.1:{port}", [])

    def test_an_inbox_is_bounded(self):
        inbox = gossip.Inbox()
        for _ in range(1000):
            inbox.put([CID])
        self.assertLess(len(inbox.take_all()), 100)


class RpcHandler(http.server.BaseHTTPRequestHandler):
    """Answers /api/v0/add as Kubo does, and everything else with status 500."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        known = self.path == "/api/v0/add?pin=true&progress=false" and b"\r\n\r\nhello\r\n" in body
        self.send_response(200 if known else 500)
        self.end_headers()
        self.wfile.write(b'{"Name":"model","Hash":"%s","Size":"5"}\n' % CID.encode())

    def address_string(self):
        return "client"

    def log_message(self, *_):
        pass


class Rpc(unittest.TestCase):
    def check(self, daemon):
        self.assertEqual(daemon.add(b"hello"), CID)
        with self.assertRaisesRegex(ValueError, "500"):
            daemon.cat(CID)

    def test_over_tcp(self):
        with serve(socketserver.TCPServer(("127.0.0.1", 0), RpcHandler)) as (host, port):
            self.check(ipfs.Daemon(f"http://{host}:{port}"))

    def test_over_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as directory:
            path = f"{directory}/api.sock"
            with serve(socketserver.UnixStreamServer(path, RpcHandler)):
                self.check(ipfs.Daemon(f"/unix{path}"))

    def test_refuses_other_addresses(self):
        for address in ("", "http://", "/unix", "ftp://x", "127.0.0.1:5001"):
            with self.subTest(address), self.assertRaises(ValueError):
                ipfs.Daemon(address)


class StatsSocket(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = f"{directory.name}/stats.sock"

    def test_the_document_is_complete(self):
        one = peer.Peer("a", 1)
        with stats.serve_unix(self.path, 0o666, one.stats):
            for _ in range(3):
                one.run_round()
            self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o666)
            metrics = json.loads(read_socket(self.path))["metrics"]
            self.assertEqual(len(read_socket(self.path)), len(one.stats.document))
        self.assertFalse(os.path.exists(self.path))

        self.assertEqual({m["name"]: m["type"] for m in metrics}, FAMILIES)
        by_name = {m["name"]: m for m in metrics}
        self.assertTrue(all(m["help"] for m in metrics))
        self.assertEqual(by_name["trainings_total"]["value"], 3)
        self.assertEqual(by_name["model_accuracy_ratio"]["value"], one.stats.accuracy)
        self.assertEqual(by_name["info"]["labels"]["name"], "a")

        duration = by_name["training_duration_seconds"]
        bounds = [float(bound) for bound in duration["buckets"]]
        counts = list(duration["buckets"].values())
        self.assertEqual(bounds, sorted(bounds))
        self.assertEqual(counts, sorted(counts))
        self.assertEqual((bounds[-1], counts[-1], duration["count"]), (math.inf, 3, 3))
        self.assertGreater(duration["sum"], 0)

    def test_histogram_counts_cumulatively(self):
        histogram = stats.Histogram()
        for value in (0.001, 0.3, 7):
            histogram.observe(value)
        self.assertEqual(histogram.buckets["0.001"], 1)
        self.assertEqual(histogram.buckets["0.25"], 1)
        self.assertEqual(histogram.buckets["0.5"], 2)
        self.assertEqual(histogram.buckets["1"], 2)
        self.assertEqual(histogram.buckets["+Inf"], 3)

    def test_takes_over_the_socket_of_the_dead(self):
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(self.path)
        with stats.serve_unix(self.path, 0o600, peer.Peer("a", 1).stats):
            self.assertTrue(read_socket(self.path))

    def test_a_signal_right_behind_bind_leaves_no_socket(self):
        class Interrupted(socket.socket):
            def bind(self, address):
                super().bind(address)
                sys.exit()

        with unittest.mock.patch("socket.socket", Interrupted), self.assertRaises(SystemExit):
            with stats.serve_unix(self.path, 0o600, peer.Peer("a", 1).stats):
                self.fail("not interrupted")
        self.assertFalse(os.path.exists(self.path))

    def test_leaves_the_socket_of_the_living(self):
        one = peer.Peer("a", 1)
        with stats.serve_unix(self.path, 0o600, one.stats):
            with self.assertRaisesRegex(FileExistsError, "in use"):
                stats.claim_socket(self.path)
            self.assertTrue(read_socket(self.path))

    def test_leaves_what_is_no_socket(self):
        pathlib.Path(self.path).write_text("precious")
        with self.assertRaisesRegex(FileExistsError, "not a socket"):
            stats.claim_socket(self.path)
        self.assertEqual(pathlib.Path(self.path).read_text(), "precious")


class Process(unittest.TestCase):
    PROGRAM = pathlib.Path(__file__).with_name("peer.py")

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = f"{directory.name}/stats.sock"

    def start(self, *options):
        command = [sys.executable, self.PROGRAM, "--ipfs-api=none", f"--stats=unix:{self.path}"]
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def test_sigterm_ends_it_and_removes_its_socket(self):
        process = self.start("--interval=3600", "--ttl=600")
        self.assertIn("round=1 ", process.stdout.readline())
        self.assertTrue(read_socket(self.path))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(os.path.exists(self.path))

    def test_ends_after_its_rounds(self):
        process = self.start("--interval=0", "--rounds=3", "--ttl=600")
        lines = process.stdout.readlines()
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(len(lines), 3)
        self.assertFalse(os.path.exists(self.path))

    def test_ends_after_its_time(self):
        process = self.start("--interval=3600", "--ttl=0.2")
        self.assertEqual(process.wait(60), 0)
        self.assertFalse(os.path.exists(self.path))


if __name__ == "__main__":
    unittest.main()
