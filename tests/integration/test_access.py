"""How the exporter gets in: credentials, TLS, and every kind of stats socket."""

import json
import ssl
import subprocess
import unittest

from harness import IntegrationTest, StatsSocket, needs_ipv6, says
from fake_daemon import FakeDaemon, answers

# Of the recorded daemons' API.Authorizations.
BEARER = "bearer:exporter-test-secret"
BASIC = "basic:exporter:exporter-test-pass"
STATS = json.dumps({"good": 1})


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


class TlsTest(IntegrationTest):
    """A daemon behind a proxy that speaks TLS and wants to know who asks."""

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
        self.fake = self.daemon()
        handle = self.fake.handle

        def handle_tls(connection):
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    handle(secured)
            except ssl.SSLError:
                pass  # who asks is nobody we know

        self.fake.handle = handle_tls
        self.url = self.fake.url.replace("http:", "https:")

    def test_a_client_certificate(self):
        exporter = self.exporter(
            f"--ipfs.api={self.url}", f"--ipfs.ca-file={self.server}",
            f"--ipfs.cert-file={self.client}", f"--ipfs.key-file={self.client_key}")
        exporter.wait_poll("ipfs.bandwidth", result="ok")

    def test_nobody_unknown_is_let_in_or_trusted(self):
        for flags in ([f"--ipfs.ca-file={self.server}"],
                      [f"--ipfs.cert-file={self.client}", f"--ipfs.key-file={self.client_key}"]):
            with self.subTest(flags):
                exporter = self.exporter(f"--ipfs.api={self.url}", *flags)
                poll = exporter.wait_poll("ipfs.health")
                self.assertEqual((poll["result"], poll["reason"]), ("failed", "connect"))


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
