"""A real Prometheus as a child."""

import contextlib
import json
import re
import subprocess
import threading
import time
import urllib.parse
import urllib.request

from harness import PATIENCE


class Prometheus:
    """A Prometheus on a free port; its data, maybe from before, is in `folder`/data.

    config: the path of its configuration file, instead of one with `scrape_configs`.
    """

    def __init__(self, folder, scrape_configs=(), program="prometheus", config=None):
        if config is None:
            config = folder / "prometheus.yml"
            config.write_text(json.dumps({"scrape_configs": [*scrape_configs]}))  # JSON is YAML
        self._process = subprocess.Popen(
            [program, f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
             "--web.listen-address=127.0.0.1:0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True)
        # A proxy in the environment would not reach this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._address = None
        self._ready = threading.Event()
        self._log = []
        threading.Thread(target=self._read_log, daemon=True).start()
        if not self._ready.wait(PATIENCE) or not self._address:
            self.close()
            raise RuntimeError("Prometheus does not start:\n" + "".join(self._log))

    @property
    def url(self):
        return f"http://{self._address}"

    def api(self, path, **arguments):
        query = urllib.parse.urlencode(arguments)
        with self._opener.open(f"{self.url}/api/v1/{path}?{query}",
                               timeout=PATIENCE) as response:
            return json.load(response)["data"]

    def query(self, expression, **at):
        return self.api("query", query=expression, **at)["result"]

    def wait_for(self, expression, count):
        """Polls until the expression has this many series, as there is no event."""
        deadline = time.monotonic() + PATIENCE
        while len(found := self.query(expression)) != count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{expression}: {found}")
            time.sleep(0.2)

    def wait_for_scrapes(self, count, timeout=PATIENCE):
        """Polls for this many successful scrapes of each target, as there is no event."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            result = self.query("min(sum_over_time(up[5m]))")
            if result and float(result[0]["value"][1]) >= count:
                return
            time.sleep(0.2)
        raise AssertionError(f"no {count} scrapes within {timeout} s")

    def wait_for_targets(self, count):
        """Polls until this many targets were scraped, each once without an error."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            result = self.query("count(max_over_time(up[1h]) == 1)")
            if result and int(result[0]["value"][1]) == count:
                return
            time.sleep(0.2)
        failed = [target for target in self.api("targets")["activeTargets"]
                  if target["health"] != "up"]
        raise AssertionError(f"not scraped: {json.dumps(failed, indent=1)}")

    def close(self):
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()

    def _read_log(self):
        ready = False
        with contextlib.suppress(ValueError):  # closed while reading
            for line in self._process.stderr:
                self._log.append(line)
                # The two messages may come in any order.
                if match := re.search(r'msg="Listening on".* address=(\S+)', line):
                    self._address = match[1]
                ready = ready or "Server is ready to receive web requests" in line
                if ready and self._address:
                    self._ready.set()
        self._ready.set()
