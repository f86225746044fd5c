"""The static binary where there is no other file: polls over every transport, and serves."""

import re
import subprocess
import unittest
import urllib.request

from rooted import PATIENT, RootedTest, certificate, missing
from harness import PATIENCE, needs_ipv6

BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
           "/etc/ssl/ca-bundle.pem", "/etc/pki/tls/cacert.pem",
           "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"]


def port(fake):
    return fake.address.rsplit(":", 1)[1]


@unittest.skipIf(missing(), missing())
class EmptyRootTest(RootedTest):
    def test_http(self):
        fake = self.daemon()
        self.check_polls(fake.url)
        self.check_polls(f"http://localhost:{port(fake)}")
        self.check_polls(f"/ip4/127.0.0.1/tcp/{port(fake)}")

    @needs_ipv6
    def test_ipv6(self):
        fake = self.daemon("[::1]:0")
        self.check_polls(f"http://[::1]:{port(fake)}")
        self.check_polls(f"/ip6/::1/tcp/{port(fake)}")

    def test_a_unix_socket(self):
        (self.root / "run").mkdir()
        self.daemon(f"unix:{self.root}/run/api.sock")
        self.check_polls("/unix/run/api.sock")

    def test_a_name_in_the_table_of_hosts(self):
        self.put("/etc/hosts", "127.0.0.1 node.example\n")
        fake = self.daemon()
        self.check_polls(f"http://node.example:{port(fake)}")
        self.check_polls(f"/dns4/node.example/tcp/{port(fake)}")

    def test_an_unknown_name_is_named(self):
        code, _, said = self.once("--ipfs.api=http://node.example:5001")
        self.assertEqual(code, 1)
        self.assertIn("Could not resolve host: node.example", said)

    def test_https_with_the_bundle_of_each_distribution(self):
        made, key = certificate(self.outside, "DNS:node.example,IP:127.0.0.1")
        fake = self.daemon(tls=(made, key))
        url = fake.url.replace("http:", "https:")
        code, _, said = self.once(f"--ipfs.api={url}")
        self.assertEqual((code, "certificate" in said), (1, True), said)
        for path in BUNDLES:
            with self.subTest(path):
                self.put(path, made.read_bytes())
                self.check_polls(url)
                (self.root / path.lstrip("/")).unlink()
        self.put("/my.pem", made.read_bytes())
        self.check_polls(url, "--ipfs.ca-file=/my.pem")
        self.check_polls(url, env={"SSL_CERT_FILE": "/my.pem"})
        self.put("/mine/one.pem", made.read_bytes())
        self.check_polls(url, env={"SSL_CERT_DIR": "/none:/mine"})

    def test_a_name_that_is_not_the_certificates_is_refused(self):
        made, key = certificate(self.outside, "DNS:other.example")
        fake = self.daemon(tls=(made, key))
        self.put("/my.pem", made.read_bytes())
        code, _, said = self.once(f"--ipfs.api={fake.url.replace('http:', 'https:')}",
                                  "--ipfs.ca-file=/my.pem")
        self.assertEqual((code, "127.0.0.1" in said), (1, True), said)

    def test_it_serves(self):
        fake = self.daemon()
        process = subprocess.Popen(
            self.command(f"--ipfs.api={fake.url}", "--web.listen-address=127.0.0.1:0",
                         "--log.level=debug"),
            env=PATIENT, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        address = None
        for line in process.stderr:
            if "msg=listening" in line:
                address = re.search(r"address=(\S+)", line)[1]
            if "collector=ipfs.health result=ok" in line:
                break
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE) as response:
            self.assertIn("\nipfs_up 1\n", response.read().decode())


if __name__ == "__main__":
    unittest.main()
