"""Engines that are given the same samples, minute by minute, and evaluate the same rules."""

import concurrent.futures
import contextlib
import functools
import http.client
import json
import pathlib
import re
import socket
import subprocess
import time
import urllib.parse

from alert_rules import FILES, TESTS, yaml
from notation import STALE
from patience import PATIENCE
from remote_write import request, send

TOOLS = TESTS.parent / "build" / "tools"
PROMETHEUS = TOOLS / "prometheus" / "prometheus"
VICTORIA = TOOLS / "victoriametrics" / "victoria-metrics"
LOOKBACK = "5m"  # Prometheus' --query.lookback-delta, vmalert's -datasource.queryStep
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# docs/scaling.md: for sed, which makes rules for vmalert.
SED = r"s/\b(changes|increase|rate)\(/\1_prometheus(/g"


def for_vmalert(expression):
    _, pattern, replacement, _ = SED.split("/")
    return re.sub(pattern, replacement, expression)


@functools.cache
def rules():
    """All rules, as promtool evaluates them: file by file."""
    return [rule for path in FILES for group in yaml.safe_load(path.read_text())["groups"]
            for rule in group["rules"]]


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]] if text else 0


def labels_of(metric):
    """The labels of a result; rules drop its name, which MetricsQL keeps for some functions."""
    return tuple(sorted((key, text) for key, text in metric.items() if key != "__name__"))


class Engine:
    """A server, and the state of the rules in it."""

    def __init__(self, stack, name, command, ready, settle=None, translate=str):
        """settle: the path that makes written samples visible; translate: of expressions."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        self.name, self._address, self._settle = name, f"127.0.0.1:{port}", settle
        self._translate = translate
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *(one.format(port=port) for one in command)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(self._process.wait)
        stack.callback(self._process.kill)
        self._wait(ready)
        self._recorded = {}  # rule: the series that it made last
        self._pending = {}  # alert and labels: since when it is active

    def _wait(self, ready):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError):
                if self._get(ready)[0] == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"{self.name} does not start")

    def _get(self, path, **query):
        connection = http.client.HTTPConnection(self._address, timeout=600)
        with contextlib.closing(connection):
            connection.request("POST" if query else "GET", path, urllib.parse.urlencode(query),
                               {"Content-Type": "application/x-www-form-urlencoded"})
            reply = connection.getresponse()
            return reply.status, reply.read()

    def _result(self, path, **query):
        status, body = self._get(f"/api/v1/{path}", nocache=1, **query)
        if status != 200:
            raise AssertionError(f"{self.name}: {query['query']}: {body.decode()}")
        return json.loads(body)["data"]["result"]

    def write(self, body):
        send(self._address, body)
        if self._settle:
            self._get(self._settle)

    def query(self, expression, when):
        """{labels: value}"""
        result = self._result("query", query=self._translate(expression), time=when,
                              step=LOOKBACK)
        found = {labels_of(one["metric"]): float(one["value"][1]) for one in result}
        if len(found) != len(result):
            raise AssertionError(f"{self.name}: two results with the same labels: {expression}")
        return found

    def over_time(self, expression, start, end):
        """The labels of every series of a query as a dashboard asks it, untranslated."""
        return {labels_of(one["metric"]) for one in self._result(
            "query_range", query=expression, start=start, end=end, step=60)}

    def evaluate(self, when):
        """{rule: what it gives}; of an alert, the labels of those that fire."""
        return {rule.get("record") or rule["alert"]:
                self._record(rule, when) if "record" in rule else self._alert(rule, when)
                for rule in rules()}

    def _record(self, rule, when):
        found = self.query(rule["expr"], when)
        named = {tuple(sorted((*labels, ("__name__", rule["record"])))): value
                 for labels, value in found.items()}
        ended = self._recorded.get(rule["record"], set()) - set(named)
        self._recorded[rule["record"]] = set(named)
        samples = [*named.items(), *((labels, STALE) for labels in ended)]
        if samples:
            self.write(request(samples, when))
        return found

    def _alert(self, rule, when):
        found = self.query(rule["expr"], when)
        began = self._pending.setdefault(rule["alert"], {})
        for labels in [one for one in began if one not in found]:
            del began[labels]
        for labels in found:
            began.setdefault(labels, when)
        return {labels: 1.0 for labels, since in began.items()
                if when - since >= seconds(rule.get("for"))}


def prometheus(stack, folder):
    config = pathlib.Path(folder, "empty.yml")
    config.write_text("{}")
    return Engine(stack, "Prometheus", [
        str(PROMETHEUS), f"--config.file={config}", f"--storage.tsdb.path={folder}/prometheus",
        "--web.enable-remote-write-receiver", "--web.listen-address=127.0.0.1:{port}"], "/-/ready")


def victoria(stack, folder, name, translate=str):
    return Engine(stack, name, [
        str(VICTORIA), "-httpListenAddr=127.0.0.1:{port}", f"-storageDataPath={folder}/{name}",
        "-retentionPeriod=100y", "-search.latencyOffset=0s", "-search.disableCache"],
        "/health", "/internal/force_flush", translate)


def run(engines, minutes, start):
    """Yields (minute, [results of each engine]).

    minutes: the samples of each minute, [(labels, value)].
    """
    with concurrent.futures.ThreadPoolExecutor(len(engines)) as pool:
        for minute, samples in enumerate(minutes):
            when = start + 60 * minute
            body = request(samples, when)

            def step(engine, body=body, when=when):
                engine.write(body)
                return engine.evaluate(when)
            yield minute, list(pool.map(step, engines))
