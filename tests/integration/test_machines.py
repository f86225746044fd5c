"""docs/machines.md: the files of the page, with real exporters and a real Prometheus."""

import base64
import json
import re
import ssl
import subprocess
import unittest
import urllib.error
import urllib.request

from harness import BINARY, PATIENCE, REPOSITORY, IntegrationTest, clean_environment
from page_formats import tools
from prometheus_server import Prometheus

PAGE = REPOSITORY / "docs" / "machines.md"
BLOCK = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PASSWORD = "right"  # the password of the hash on the page


def files():
    """{path: text} of the files on the page."""
    return dict(BLOCK.findall(PAGE.read_text()))


@unittest.skipUnless(tools("prometheus"), "Prometheus is not installed")
class MachinesTest(IntegrationTest):
    def setUp(self):
        self.root = self.temporary()
        for path, text in files().items():
            file = self.path(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("/etc/", f"{self.root}/etc/"))
        rules = self.path("/etc/prometheus/rules")
        rules.mkdir()
        for rule in (REPOSITORY / "monitoring" / "rules").glob("*.yml"):
            (rules / rule.name).write_text(rule.read_text())
        made = self.path("/etc/ipfs-peer-exporter/credentials")
        made.mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=node", "-addext",
             "subjectAltName=IP:127.0.0.1", "-keyout", made / "tls.key", "-out", made / "tls.crt"],
            check=True, capture_output=True)
        certificate = self.path("/etc/prometheus/ipfs-peers.crt")
        certificate.write_bytes((made / "tls.crt").read_bytes())
        self.path("/etc/prometheus/ipfs-peers.password").write_text(PASSWORD)
        self.tls = ssl.create_default_context(cafile=certificate)

    def path(self, path):
        return self.root / path.lstrip("/")

    def start_node(self):
        """The exporter of a machine; its address."""
        config = self.path("/etc/ipfs-peer-exporter/exporter.yml")
        checked = subprocess.run([BINARY, f"--config.file={config}", "--check-config"],
                                 capture_output=True, text=True, env=clean_environment())
        self.assertEqual(checked.returncode, 0, checked.stderr)
        running = self.exporter(f"--config.file={config}", f"--ipfs.api={self.daemon().url}",
                                "--web.listen-address=127.0.0.1:0")
        running.wait_collectors()
        return running.address

    def start_prometheus(self, program, nodes):
        """A Prometheus with the page's files."""
        self.path("/etc/prometheus/ipfs-peers.yml").write_text(json.dumps([{"targets": nodes}]))
        config = self.path("/etc/prometheus/prometheus.yml")
        config.write_text(config.read_text().replace("15s", "1s"))
        running = Prometheus(self.temporary(), program=program, config=config)
        self.addCleanup(running.close)
        return running

    def test_the_page(self):
        nodes = [self.start_node() for _ in range(2)]
        for program in tools("prometheus"):
            with self.subTest(program):
                prometheus = self.start_prometheus(program, nodes)
                prometheus.wait_for('ipfs_up{job="ipfs-peers"} == 1', len(nodes))
                prometheus.wait_for('ALERTS{alertname="Watchdog",alertstate="firing"}', 1)
                groups = prometheus.api("rules")["groups"]
                self.assertGreater(len(groups), 4)
                for group in groups:
                    for rule in group["rules"]:
                        self.assertNotEqual(rule["health"], "err", rule)

    def test_without_the_password(self):
        request = urllib.request.Request(f"https://{self.start_node()}/metrics")
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.tls))
        with self.assertRaisesRegex(urllib.error.HTTPError, "401"):
            opener.open(request, timeout=PATIENCE)
        token = base64.b64encode(f"prometheus:{PASSWORD}".encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
        with opener.open(request, timeout=PATIENCE) as response:
            self.assertIn(b"ipfs_up 1", response.read())


if __name__ == "__main__":
    unittest.main()
