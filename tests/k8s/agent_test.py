#!/usr/bin/env python3
"""overlays/agent with real engines: what the agent sends arrives, also after the engine was away,
and the engine evaluates the rules.
"""

import contextlib
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

import kit
from kit import free_port, needs_tools, prometheus_files, yaml

sys.path.append(str(kit.REPOSITORY / "tests" / "integration"))

from harness import Exporter, FakeDaemon, recording  # noqa: E402

AGENT = "k8s/overlays/agent"
RULES = sorted((kit.REPOSITORY / "monitoring" / "rules").glob("*.yml"))
TOOLS = kit.REPOSITORY / "build" / "tools"
PROMETHEUS = TOOLS / "prometheus" / "prometheus"
VICTORIA = TOOLS / "victoriametrics"
# Of the exporter: one for each kind of series, and what recording rules make.
WANTED = ("up", "ipfs_up", "ipfs_swarm_peers", "ipfs_bandwidth_received_bytes_total",
          "scrape_duration_seconds")
JOBS = 7  # of the agent
RECORDED = ("job:ipfs_peer_exporter_collectors:count", "namespace:exporters:count")


class Child:
    """A server on a known port of loopback, which can be started again."""

    def __init__(self, case, command, port, ready):
        self._command, self.port, self._ready = command, port, ready
        self._process = None
        case.addCleanup(self.stop)

    def start(self):
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *map(str, self._command)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.wait(lambda: self.get(self._ready)[0] == 200, "no answer")
        return self

    def stop(self):
        if self._process:
            self._process.terminate()
            self._process.wait(kit.PATIENCE)
            self._process = None

    def get(self, path, **query):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=kit.PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", f"{path}?{urllib.parse.urlencode(query)}")
            reply = connection.getresponse()
            return reply.status, reply.read()

    def query(self, expression):
        """[(labels, value)]"""
        status, body = self.get("/api/v1/query", query=expression)
        if status != 200:
            raise AssertionError(f"{expression}: {body}")
        return [(one["metric"], float(one["value"][1]))
                for one in json.loads(body)["data"]["result"]]

    def wait(self, holds, what):
        """Asks until it holds, as there is no event."""
        end = time.monotonic() + kit.PATIENCE
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if holds():
                    return
            if self._process.poll() is not None:
                raise AssertionError(f"{self._command[0]} has ended")
            time.sleep(0.1)
        raise AssertionError(what)


@needs_tools
@unittest.skipUnless(PROMETHEUS.exists(), "no Prometheus 3: see install_prometheus3")
class AgentTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        daemon = FakeDaemon(recording("v0.42.0/online"))
        self.enterContext(daemon)
        self.exporter = Exporter(f"--ipfs.api={daemon.url}")
        self.addCleanup(self.exporter.close)
        self.exporter.wait_poll("ipfs.swarm", result="ok")
        self.exporter.wait_poll("ipfs.bandwidth", result="ok")

    def agent(self, engine_url):
        """Prometheus with the overlay's files and arguments; targets instead of discovery."""
        port, config = free_port(), self.folder / "agent"
        config.mkdir()
        for name, text in prometheus_files(AGENT)[0].items():
            made = self.here(name, yaml.safe_load(text), engine_url, port)
            (config / name).write_text(json.dumps(made))
        arguments = [one.replace("/etc/prometheus/config/", f"{config}/")
                     .replace("=/prometheus", f"={config}/data")
                     for one in kit.prometheus_arguments(AGENT)]
        return Child(self, [PROMETHEUS, *arguments, f"--web.listen-address=127.0.0.1:{port}"],
                     port, "/-/ready").start()

    def here(self, name, file, engine_url, port):
        if name == "prometheus.yml":
            file["global"]["scrape_interval"] = "1s"
            (write,) = file["remote_write"]
            write |= {"url": engine_url, "queue_config": {"batch_send_deadline": "1s"}}
        for job in file.get("scrape_configs", []):
            if job["job_name"] == "prometheus":
                job["static_configs"][0]["targets"] = [f"127.0.0.1:{port}"]
            elif job.pop("kubernetes_sd_configs")[0]["role"] == "pod":
                job["static_configs"] = [{"targets": [self.exporter.address], "labels": {
                    "__meta_kubernetes_pod_container_name": "exporter",
                    "__meta_kubernetes_pod_container_port_name": "metrics",
                    "__meta_kubernetes_namespace": "peers",
                    "__meta_kubernetes_pod_name": "peer-0",
                    "__meta_kubernetes_pod_node_name": "node-0"}}]
            for key in ("authorization", "tls_config"):
                job.pop(key, None)  # whose files are in the pod
        return file

    def prometheus(self):
        """An engine that evaluates the rules itself."""
        port = free_port()
        config = self.folder / "engine.yml"
        config.write_text(json.dumps({"global": {"evaluation_interval": "1s"},
                                      "rule_files": self.quick_rules()}))
        return Child(self, [
            PROMETHEUS, f"--config.file={config}", f"--storage.tsdb.path={self.folder}/engine",
            "--web.enable-remote-write-receiver", f"--web.listen-address=127.0.0.1:{port}"],
            port, "/-/ready"), f"http://127.0.0.1:{port}/api/v1/write"

    def victoria(self):
        port = free_port()
        return Child(self, [
            VICTORIA / "victoria-metrics", f"-httpListenAddr=127.0.0.1:{port}",
            f"-storageDataPath={self.folder}/engine", "-search.latencyOffset=0s",
            "-inmemoryDataFlushInterval=1s", "-search.disableCache"],
            port, "/health"), f"http://127.0.0.1:{port}/api/v1/write"

    def quick_rules(self):
        """The rules, each group every second."""
        made = []
        for path in RULES:
            groups = yaml.safe_load(path.read_text())
            for group in groups["groups"]:
                group["interval"] = "1s"
            made.append(str(self.folder / path.name))
            pathlib.Path(made[-1]).write_text(json.dumps(groups))
        return made

    def check_arrives(self, engine):
        for name in WANTED:
            engine.wait(lambda name=name: engine.query(f'{name}{{job="ipfs"}}'), f"no {name}")
            for labels, _ in engine.query(f'{name}{{job="ipfs"}}'):
                self.assertLessEqual({"cluster": "ipfs-peers", "namespace": "peers",
                                      "pod": "peer-0", "node": "node-0",
                                      "instance": "peers/peer-0"}.items(), labels.items())
        self.assertEqual(engine.query('ipfs_up{job="ipfs"}')[0][1], 1)
        of_agent = 'prometheus_agent_active_series{job="prometheus",instance="prometheus"}'
        engine.wait(lambda: engine.query(of_agent), "no metric for PrometheusAgentAbsent")

    def check_evaluated(self, engine):
        for name in RECORDED:
            engine.wait(lambda name=name: engine.query(name), f"no {name}")
            for labels, value in engine.query(name):
                self.assertEqual(labels["cluster"], "ipfs-peers")
                self.assertGreaterEqual(value, 1)
        engine.wait(lambda: engine.query('ALERTS{alertname="Watchdog",alertstate="firing"}'),
                    "no Watchdog")

    def check_outage(self, engine, agent):
        """What the agent scrapes while the engine is away arrives later."""
        engine.stop()
        agent.wait(lambda: self.counted(agent, "prometheus_remote_storage_samples_retried_total"),
                   "the agent does not notice")
        scrapes = "prometheus_target_interval_length_seconds_count"
        began, before = time.time(), self.counted(agent, scrapes)
        agent.wait(lambda: self.counted(agent, scrapes) > before + 3 * JOBS, "it does not scrape")
        gone = time.time()
        engine.start()
        engine.wait(lambda: self.newest(engine) > gone, "nothing arrives")
        times = self.times(engine)
        self.assertTrue([one for one in times if began < one < gone])

    @staticmethod
    def counted(server, name):
        text = server.get("/metrics")[1].decode()
        return sum(float(line.split()[-1]) for line in text.splitlines()
                   if line.startswith(name + "{"))

    @staticmethod
    def times(engine):
        return [float(value[0]) for one in json.loads(
            engine.get("/api/v1/query", query='up{job="ipfs"}[5m]')[1])["data"]["result"]
            for value in one["values"]]

    def newest(self, engine):
        return max(self.times(engine), default=0)

    def test_prometheus(self):
        engine, url = self.prometheus()
        engine.start()
        agent = self.agent(url)
        self.check_arrives(engine)
        self.check_evaluated(engine)
        self.check_outage(engine, agent)

    @unittest.skipUnless(VICTORIA.exists(), "no VictoriaMetrics: see install_victoriametrics")
    def test_victoriametrics(self):
        engine, url = self.victoria()
        engine.start()
        base = f"-remoteWrite.url=http://127.0.0.1:{engine.port}"
        port = free_port()
        alerts = Child(self, [
            VICTORIA / "vmalert", *(f"-rule={path}" for path in self.quick_rules()), base,
            f"-datasource.url=http://127.0.0.1:{engine.port}", "-notifier.blackhole",
            f"-httpListenAddr=127.0.0.1:{port}", "-remoteWrite.flushInterval=1s",
            "-rule.evalDelay=0s"],
            port, "/health").start()
        agent = self.agent(url)
        self.check_arrives(engine)
        self.check_evaluated(engine)
        self.check_rules(alerts)
        self.check_outage(engine, agent)

    def check_rules(self, alerts):
        """vmalert has every rule, and evaluates each without an error."""
        def evaluated():
            groups = json.loads(alerts.get("/api/v1/rules")[1])["data"]["groups"]
            found = [rule for group in groups for rule in group["rules"]]
            self.assertEqual([(rule["name"], rule["lastError"]) for rule in found
                              if rule.get("lastError")], [])
            return all(int(rule["lastSamples"]) >= 0 and rule["lastEvaluation"] > "1"
                       for rule in found) and len(found)
        alerts.wait(evaluated, "not every rule is evaluated")
        self.assertEqual(evaluated(), sum(
            len(group["rules"]) for path in RULES
            for group in yaml.safe_load(path.read_text())["groups"]))


if __name__ == "__main__":
    unittest.main()
