"""Access: credentials, TLS, and every kind of stats socket."""

import base64
import json
import queue
import ssl
import subprocess
import unittest

from harness import PATIENCE, IntegrationTest, StatsSocket, needs_ipv6, says
from fake_daemon import FakeDaemon, answers

# From API.Authorizations of the recorded daemons.
BEARER = "bearer:exporter-test-secret"
BASIC = "basic:exporter:exporter-test-pass"
STATS = json.dumps({"good": 1})


def der(certificate):
    return ssl.PEM_cert_to_DER_cert(certificate.read_text())


class RpcPathTest(IntegrationTest):
    def test_an_address_with_the_path_of_the_api(self):
        fake = self.daemon()
        port = fake.url.rsplit(":", 1)[1]
        for api in (f"{fake.url}/api/v0", f"{fake.url}/api/v0/",
                    f"/ip4/127.0.0.1/tcp/{port}/http"):
            with self.subTest(api):
                exporter = self.exporter(f"--ipfs.api={api}", "--collector.disable-defaults")
                exporter.wait_poll("ipfs.health", result="ok")
                self.assertEqual(exporter.page().value("ipfs_up"), 1)


class CredentialsTest(IntegrationTest):
    def setUp(self):
        self.fake = self.daemon("v0.42.0/auth")
        self.file = self.temporary() / "auth"

    def start(self, text, *flags, **options):
        self.file.write_text(text)
        return self.exporter("--collector.disable-defaults", "--collector.ipfs.health=200ms",
                             f"--ipfs.auth-file={self.file}", *flags, **options)

    def test_both_kinds(self):
        for text in (BEARER, BASIC, BEARER + "\n"):
            with self.subTest(text):
                exporter = self.start(text, f"--ipfs.api={self.fake.url}")
                exporter.wait_poll("ipfs.health")
                self.assertEqual(exporter.page().value("ipfs_up"), 1)

    def test_the_file_is_read_again(self):
        exporter = self.start("bearer:not-the-secret", f"--ipfs.api={self.fake.url}")
        exporter.wait_log({"msg": "daemon down", "reason": "auth"})
        self.file.write_text(BEARER)
        up = exporter.wait_log({"msg": "daemon up"})
        self.file.unlink()
        exporter.wait_log({"msg": "daemon down", "reason": "auth"}, up["at"])
        self.assertNotIn("secret", "".join(line["text"] for line in exporter.log))

    def test_an_api_file_gets_them_only_for_this_machine(self):
        repository = self.temporary()
        (repository / "api").write_text("/dns4/elsewhere.invalid/tcp/5001")
        exporter = self.start(BEARER, env={"IPFS_PATH": str(repository)})
        line = exporter.wait_log({"msg": "daemon down", "reason": "auth"})
        self.assertIn("--ipfs.api", line["error"])
        port = self.fake.url.rsplit(":", 1)[1]
        (repository / "api").write_text(f"/ip4/127.0.0.1/tcp/{port}")
        exporter.wait_log({"msg": "daemon up"})

    def test_clear_text_to_another_host_is_warned_about(self):
        exporter = self.start(BEARER, "--ipfs.api=http://elsewhere.invalid:5001")
        exporter.wait_log({"level": "warn",
                           "msg": "credentials go over the network in clear text"})


class DeniedTest(IntegrationTest):
    """A daemon whose API.Authorizations lacks some newer calls."""

    def setUp(self):
        self.fake = self.daemon()
        for path in ("version/check", "p2p/ls", "p2p/stream/ls"):
            self.fake.script(path, answers("Kubo RPC Access Denied", 403, "text/plain"))
        self.running = self.exporter(
            f"--ipfs.api={self.fake.url}", "--ipfs.budget=0", "--collector.disable-defaults",
            "--collector.ipfs.health=200ms", "--collector.ipfs.version_check=200ms",
            "--collector.ipfs.p2p=200ms")

    def told(self):
        return sorted(line["error"].split('"')[1] for line in self.running.log
                      if line.get("msg") == "call denied" and line["level"] == "warn")

    def test_what_is_new_is_said_once_and_is_no_failure(self):
        calls = ["/api/v0/p2p/ls", "/api/v0/p2p/stream/ls", "/api/v0/version/check"]
        after = {"ipfs.version_check": 0, "ipfs.p2p": 0}
        for _ in range(3):
            for name, at in after.items():
                after[name] = self.running.wait_poll(name, at, result="unsupported")["at"]
        self.assertEqual(self.told(), calls)
        page = self.running.page()
        for name in after:
            labels = {"collector": name}
            self.assertEqual(page.value("ipfs_peer_exporter_collector_supported", **labels), 0)
            self.assertIsNone(page.value("ipfs_peer_exporter_collector_success", **labels))
        self.assertEqual(page.series("ipfs_peer_exporter_collector_errors_total"), {})
        # A restarted daemon may have another configuration.
        self.fake.stop()
        down = self.running.wait_log({"msg": "daemon down"})["at"]
        self.fake.start()
        for name in after:
            self.running.wait_poll(name, down, result="unsupported")
        self.assertEqual(self.told(), sorted(2 * calls))

    def test_what_was_there_before_fails(self):
        for path in ("stats/bw", "bitswap/stat"):
            self.fake.script(path, answers("Kubo RPC Access Denied", 403, "text/plain"))
        exporter = self.exporter(f"--ipfs.api={self.fake.url}")
        for name in ("ipfs.bandwidth", "ipfs.bitswap"):
            exporter.wait_poll(name, result="failed", reason="auth")


class TlsTest(IntegrationTest):
    """A daemon behind a TLS proxy that requires a client certificate."""

    def certificate(self, name):
        folder = self.temporary()
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
             "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
             "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
        return paths

    def setUp(self):
        self.server, self.server_key = self.certificate("server")
        self.client, self.client_key = self.certificate("client")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server, self.server_key)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(self.client)
        self.context = context
        self.fake = self.daemon()
        self.clients = queue.Queue()  # the certificate of each connection
        handle = self.fake.handle

        def handle_tls(connection):
            try:
                with self.context.wrap_socket(connection, server_side=True) as secured:
                    self.clients.put(secured.getpeercert(binary_form=True))
                    handle(secured)
            except ssl.SSLError:
                pass  # the client has no valid certificate

        self.fake.handle = handle_tls
        self.url = self.fake.url.replace("http:", "https:")

    def test_a_client_certificate(self):
        exporter = self.exporter(
            f"--ipfs.api={self.url}", f"--ipfs.ca-file={self.server}",
            f"--ipfs.cert-file={self.client}", f"--ipfs.key-file={self.client_key}")
        exporter.wait_poll("ipfs.bandwidth", result="ok")

    def test_a_peer(self):
        self.fake.script("/stats", answers(STATS))
        exporter = self.exporter(
            "--ipfs.api=none", f"--peer.stats=a={self.url}/stats",
            f"--peer.ca-file={self.server}", f"--peer.cert-file=a={self.client}",
            f"--peer.key-file=a={self.client_key}", f"--peer.stats=b={self.url}/stats")
        exporter.wait_poll("peer.a", result="ok")
        exporter.wait_poll("peer.b", result="failed")

    def polled_over_tls(self):
        """An exporter that polls a page often, over a connection that it keeps."""
        self.fake.script("/stats", answers(STATS))
        exporter = self.exporter(
            "--ipfs.api=none", f"--peer.stats={self.url}/stats", "--peer.interval=100ms",
            f"--peer.ca-file={self.server}", f"--peer.cert-file={self.client}",
            f"--peer.key-file={self.client_key}")
        exporter.wait_poll("peer.stats", result="ok")
        return exporter

    def test_a_new_client_certificate_counts_for_the_next_call(self):
        certificate, key = self.certificate("renewed")
        self.context.load_verify_locations(certificate)
        self.polled_over_tls()
        self.assertEqual(self.clients.get(timeout=PATIENCE), der(self.client))
        key.rename(self.client_key)
        certificate.rename(self.client)
        while self.clients.get(timeout=PATIENCE) != der(self.client):
            pass

    def test_a_new_authority_counts_for_the_next_call(self):
        certificate, key = self.certificate("renewed")
        exporter = self.polled_over_tls()
        self.server.write_bytes(certificate.read_bytes())
        failed = exporter.wait_poll("peer.stats", result="failed", reason="connect")
        self.context.load_cert_chain(certificate, key)
        exporter.wait_poll("peer.stats", after=failed["at"], result="ok")
        self.server.unlink()
        exporter.wait_poll("peer.stats", after=failed["at"], result="failed", reason="connect")

    def test_certificate_and_key_in_one_file(self):
        self.client.write_bytes(self.client.read_bytes() + self.client_key.read_bytes())
        exporter = self.exporter(f"--ipfs.api={self.url}", f"--ipfs.ca-file={self.server}",
                                 f"--ipfs.cert-file={self.client}")
        exporter.wait_poll("ipfs.bandwidth", result="ok")

    def test_nobody_unknown_is_let_in_or_trusted(self):
        for flags in ([f"--ipfs.ca-file={self.server}"],
                      [f"--ipfs.cert-file={self.client}", f"--ipfs.key-file={self.client_key}"]):
            with self.subTest(flags):
                exporter = self.exporter(f"--ipfs.api={self.url}", *flags)
                poll = exporter.wait_poll("ipfs.health")
                self.assertEqual((poll["result"], poll["reason"]), ("failed", "connect"))


class PeerCredentialsTest(IntegrationTest):
    """Each HTTP peer gets its own credentials and no others."""

    def setUp(self):
        self.folder = self.temporary()

    def file(self, text):
        path = self.folder / text.replace(":", "-")
        path.write_text(text + "\n")
        return path

    def peer(self, listen="127.0.0.1:0"):
        """A peer that requires credentials, and the Authorization headers that it received."""
        peer = self.enterContext(FakeDaemon([], listen))
        heard = queue.Queue()

        def behaviour(exchange):
            heard.put(exchange.headers["Authorization"])
            known = exchange.headers["Authorization"]
            answers(STATS, 200 if known else 401)(exchange)

        peer.script("/stats", behaviour)
        return peer, heard

    def test_one_file_for_all_and_one_for_one(self):
        left, heard_left = self.peer()
        right, heard_right = self.peer(f"unix:{self.folder}/right.sock")
        exporter = self.exporter(
            "--ipfs.api=none", f"--peer.stats=left={left.url}/stats",
            f"--peer.stats=right=http+unix:{self.folder}/right.sock:/stats",
            f"--peer.auth-file={self.file('bearer:all-secret')}",
            f"--peer.auth-file=right={self.file('basic:me:right-secret')}")
        for name in "left", "right":
            exporter.wait_poll(f"peer.{name}", result="ok")
        self.assertEqual(heard_left.get(timeout=5), "Bearer all-secret")
        basic = base64.b64encode(b"me:right-secret").decode()
        self.assertEqual(heard_right.get(timeout=5), f"Basic {basic}")
        self.assertNotIn("secret", "".join(line["text"] for line in exporter.log))
        self.assertNotIn("clear text", "".join(line["text"] for line in exporter.log))

    def test_the_file_is_read_again(self):
        peer, heard = self.peer()
        path = self.file("bearer:first")
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={peer.url}/stats",
                                 "--peer.interval=100ms", f"--peer.auth-file={path}")
        self.assertEqual(heard.get(timeout=5), "Bearer first")
        path.write_text("bearer:second")
        while heard.get(timeout=5) != "Bearer second":
            pass
        path.unlink()
        failed = exporter.wait_poll("peer.stats", reason="auth")
        self.assertIn("No such file", failed["error"])

    def test_without_them_it_fails_as_auth(self):
        peer, _ = self.peer()
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={peer.url}/stats")
        exporter.wait_poll("peer.stats", result="failed", reason="auth")

    def test_clear_text_to_another_host_is_warned_about(self):
        exporter = self.exporter("--ipfs.api=none", "--peer.stats=http://elsewhere.invalid/",
                                 f"--peer.auth-file={self.file('bearer:a')}")
        exporter.wait_log({"level": "warn", "collector": "peer.stats",
                           "msg": "credentials go over the network in clear text"})


class StatsUrlTest(IntegrationTest):
    def check(self, url, *flags):
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={url}", *flags)
        exporter.wait_poll("peer.stats", result="ok")
        self.assertEqual(exporter.page().value("peer_good"), 1)

    def check_tcp(self, host):
        peer = self.enterContext(TcpStats(says(STATS), host))
        self.check(f"tcp://{peer.address}")

    def test_tcp(self):
        self.check_tcp("127.0.0.1")

    @needs_ipv6
    def test_tcp_over_ipv6(self):
        self.check_tcp("[::1]")

    def test_nobody_listens(self):
        with TcpStats(says(STATS), "127.0.0.1") as peer:
            address = peer.address
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats=tcp://{address}")
        exporter.wait_poll("peer.stats", result="failed", reason="connect")

    def test_http_over_a_unix_socket(self):
        path = self.temporary() / "peer.sock"
        peer = self.enterContext(FakeDaemon([], f"unix:{path}"))
        peer.script("/stats", answers(STATS))
        self.check(f"http+unix:{path}:/stats")
        self.check(f"http+unix://{str(path).replace('/', '%2F')}/stats")

    def test_a_request_is_sent_first(self):
        def answers_what_it_hears(connection, _):
            heard = connection.makefile().readline()
            connection.sendall(STATS.encode() if heard == "show stats\n" else b"{}")

        peer = self.stats_socket(answers_what_it_hears)
        self.check(peer.address, "--peer.request=show stats")

    def test_a_peer_may_answer_without_hearing_the_request(self):
        self.check(self.stats_socket(says(STATS)).address, "--peer.request=show stats")


class TcpStats(StatsSocket):
    def __init__(self, behaviour, host):
        super().__init__("", behaviour)
        self.address = f"{host}:0"


if __name__ == "__main__":
    unittest.main()
