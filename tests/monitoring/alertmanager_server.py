"""A real Alertmanager on loopback with the configuration of monitoring/, and its receivers."""

import contextlib
import http.server
import json
import pathlib
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

from alert_rules import PATIENCE, RULES, yaml

CONFIG = RULES.parent / "alertmanager.yml"
# Debian's name, and upstream's.
PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
needs_alertmanager = unittest.skipUnless(
    PROGRAM and shutil.which("amtool"), "no Alertmanager: see install_alertmanager")


class Receivers(http.server.ThreadingHTTPServer):
    """Every receiver of the configuration as a webhook: queues (receiver, labels of alerts)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages = queue.Queue()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.messages.put((self.path[1:], [one["labels"] for one in message["alerts"]]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


def configuration(port):
    """The configuration of the repository with receivers, and without the time that it waits."""
    config = yaml.safe_load(CONFIG.read_text())
    for one in config["receivers"]:
        if one["name"] == "nobody":
            continue
        one["webhook_configs"] = [{"url": f"http://127.0.0.1:{port}/{one['name']}",
                                   "send_resolved": False}]
    config["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    return yaml.safe_dump(config)


class Alertmanager:
    def __init__(self, folder, receivers):
        pathlib.Path(folder, "alertmanager.yml").write_text(
            configuration(receivers.server_port))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self.process = subprocess.Popen(
            [PROGRAM, f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/data",
             f"--web.listen-address={self.address}", "--cluster.listen-address="],
            stderr=subprocess.DEVNULL)

    def ask(self, path, data=None):
        request = urllib.request.Request(
            f"http://{self.address}{path}", data and json.dumps(data).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
            return reply.read()

    def wait_until_ready(self):
        end = time.monotonic() + PATIENCE
        while True:
            assert self.process.poll() is None and time.monotonic() < end, "no Alertmanager"
            with contextlib.suppress(OSError):
                return self.ask("/-/ready")

    def fire(self, *alerts):
        """Sends alerts: their labels."""
        self.ask("/api/v2/alerts", [{"labels": labels} for labels in alerts])

    def inhibited(self, labels):
        """Whether an alert is inhibited; waits until Alertmanager has decided about all."""
        end = time.monotonic() + PATIENCE
        while True:
            found = json.loads(self.ask("/api/v2/alerts"))
            if all(one["status"]["state"] != "unprocessed" for one in found):
                (own,) = (one for one in found if one["labels"] == labels)
                return bool(own["status"]["inhibitedBy"])
            assert time.monotonic() < end, "alerts are not processed"


@contextlib.contextmanager
def alertmanager():
    """A running Alertmanager and the queue of what its receivers get."""
    with tempfile.TemporaryDirectory() as folder, Receivers() as receivers:
        made = Alertmanager(folder, receivers)
        try:
            made.wait_until_ready()
            yield made, receivers.messages
        finally:
            made.process.terminate()
            made.process.wait()
