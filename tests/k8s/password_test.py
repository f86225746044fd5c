#!/usr/bin/env python3
"""components/prometheus-auth: a real Prometheus with the password, and each of its clients."""

import base64
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

import kit
from kit import free_port, needs_tools, pick, prometheus_files, rendered, yaml
from objects import pod_spec

TARGET = "base, prometheus-auth"
COMPONENT = kit.K8S / "components" / "prometheus-auth"
PROGRAMS = kit.REPOSITORY / "build" / "tools" / "prometheus"
MOUNTS = ("/etc/prometheus/config/", "/etc/prometheus/web/")
# A $ in it, because Grafana expands variables.
PASSWORD = "right$HOME"
WEB = ("basic_auth_users: "
       "{prometheus: $2b$04$abcdefghijklmnopqrstuumD7mspbmW3pTKeVlakSO3JNTFJm6qFW}")


def container(name):
    (found,) = pod_spec(pick(rendered(TARGET), "Deployment", name))["containers"]
    return found


@needs_tools
@unittest.skipUnless(PROGRAMS.exists(), "no Prometheus 3: see install_prometheus3")
class PasswordTest(unittest.TestCase):
    """The files and arguments of the pod, with its mounts in a temporary folder."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = pathlib.Path(folder.name)
        cls.address = f"localhost:{free_port()}"
        for mount in MOUNTS:
            (cls.root / mount[1:]).mkdir(parents=True)
        config, _ = prometheus_files(TARGET)
        chosen = {name: config[name] for name in ("client.yml", "scrape-prometheus.yml")}
        chosen["prometheus.yml"] = yaml.safe_dump({
            "global": {"scrape_interval": "1s"}, "scrape_config_files": ["scrape-*.yml"]})
        for name, text in chosen.items():
            cls.root.joinpath(MOUNTS[0][1:], name).write_text(cls.here(text))
        web = cls.root / MOUNTS[1][1:]
        (web / "password").write_text(PASSWORD)
        (web / "web.yml").write_text(WEB)
        cls.start()

    @classmethod
    def here(cls, text):
        """A text of the pod for this machine."""
        text = text.replace("localhost:9090", cls.address)
        return re.sub("/etc/prometheus/(?=config/|web/)", f"{cls.root}/etc/prometheus/", text)

    @classmethod
    def start(cls):
        arguments = [cls.here(one) for one in container("prometheus")["args"]
                     if one.startswith(("--config.file=", "--web."))]
        process = subprocess.Popen(
            [PROGRAMS / "prometheus", *arguments, f"--web.listen-address={cls.address}",
             f"--storage.tsdb.path={cls.root}/data"],
            stderr=subprocess.DEVNULL)
        cls.addClassCleanup(process.wait)
        cls.addClassCleanup(process.terminate)
        end = time.monotonic() + kit.PATIENCE
        while cls.probe("startupProbe").returncode:
            assert process.poll() is None and time.monotonic() < end, "Prometheus is not ready"

    @classmethod
    def probe(cls, name, client="--http.config.file="):
        program, *arguments = container("prometheus")[name]["exec"]["command"]
        arguments = [one for one in arguments if not one.startswith("--http.") or client in one]
        return subprocess.run(
            [PROGRAMS / program, *map(cls.here, arguments), f"--url=http://{cls.address}"],
            capture_output=True, timeout=kit.PATIENCE, check=False)

    def ask(self, path, user=None, password=None):
        request = urllib.request.Request(f"http://{self.address}{path}")
        if user:
            both = base64.b64encode(f"{user}:{password}".encode()).decode()
            request.add_header("Authorization", f"Basic {both}")
        with urllib.request.urlopen(request, timeout=kit.PATIENCE) as reply:
            return reply.read()

    def test_nothing_is_told_without_the_password(self):
        for path in ("/api/v1/query?query=up", "/metrics", "/-/healthy"):
            for credentials in ((), ("prometheus", "wrong")):
                with self.assertRaises(urllib.error.HTTPError) as caught:
                    self.ask(path, *credentials)
                caught.exception.close()
                self.assertEqual(caught.exception.code, 401)

    def test_the_probes_know_it(self):
        for name in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.assertEqual(self.probe(name).returncode, 0, name)
            self.assertNotEqual(self.probe(name, client="none").returncode, 0, name)

    def test_the_scrape_of_itself_knows_it(self):
        end = time.monotonic() + kit.PATIENCE
        found = []
        while not found and time.monotonic() < end:
            found = json.loads(self.ask("/api/v1/query?query=up", "prometheus", PASSWORD))[
                "data"]["result"]
        self.assertEqual([(one["metric"]["job"], one["value"][1]) for one in found],
                         [("prometheus", "1")])

    def test_grafana_knows_it(self):
        variables = {one["name"]: one["valueFrom"]["secretKeyRef"]
                     for one in container("grafana")["env"] if "valueFrom" in one}
        self.assertEqual(variables, {
            "PROMETHEUS_PASSWORD": {"name": "prometheus-web", "key": "password"}})
        (source,) = yaml.safe_load((COMPONENT / "datasources.yaml").read_text())["datasources"]
        given = source["secureJsonData"]["basicAuthPassword"]
        self.assertEqual(given, "$PROMETHEUS_PASSWORD")  # Grafana expands this once
        self.assertTrue(source["basicAuth"])
        self.assertIn(b"success", self.ask("/api/v1/query?query=up", source["basicAuthUser"],
                                           PASSWORD))


@needs_tools
class CopyTest(unittest.TestCase):
    """The files of the base, with the password and no other change."""

    def test_data_source(self):
        base = (kit.K8S / "base/grafana/provisioning/datasources.yaml").read_text()
        (own,) = yaml.safe_load((COMPONENT / "datasources.yaml").read_text())["datasources"]
        for key in ("basicAuth", "basicAuthUser", "secureJsonData"):
            del own[key]
        self.assertEqual([own], yaml.safe_load(base)["datasources"])

    def test_scrape_of_itself(self):
        base = kit.K8S / "base/prometheus/scrape-prometheus.yml"
        if not base.exists():
            self.skipTest("the base does not scrape Prometheus")
        (own,) = yaml.safe_load((COMPONENT / base.name).read_text())["scrape_configs"]
        del own["basic_auth"]
        self.assertEqual([own], yaml.safe_load(base.read_text())["scrape_configs"])

    def test_nothing_asks_prometheus_without_it(self):
        """No probe over HTTP is left."""
        for name in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.assertNotIn("httpGet", container("prometheus")[name])


if __name__ == "__main__":
    unittest.main()
