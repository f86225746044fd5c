#!/usr/bin/env python3
"""What Prometheus needs for many exporters. Prints a row for each number of peers.

    python3 prometheus.py [--peers 10 100 1000] [--interval 5] [--samples 130] [--churn 0.1]
                          [--native] [--agent]

Scraped with the jobs of k8s/base/prometheus and evaluated with monitoring/rules, at a shorter
interval, until each series has a full chunk in memory (120 samples): then memory does not grow with
time any more, but with the series of pods that are gone. --churn replaces this share of the pods
meanwhile. --agent measures the agent of k8s/overlays/agent, which sends to another Prometheus.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.request

import many_exporters
from bench import PATIENCE, cpu_ticks
from harness import REPOSITORY

PROGRAM = os.environ.get("PROMETHEUS", REPOSITORY / "build" / "tools" / "prometheus" / "prometheus")
RULES = REPOSITORY / "monitoring" / "rules"
COLUMNS = ("peers", "series", "samples/s at 15 s", "memory MiB", "peak MiB", "KiB/series",
           "cores of the run", "cores of rules", "disk B/sample", "WAL MiB", "rules missed")
REAL_INTERVAL = 15  # of the manifests


class Running:
    """A Prometheus as a child, with its log in its folder."""

    def __init__(self, stack, folder, config, *flags):
        folder.mkdir()
        (folder / "prometheus.yml").write_text(json.dumps(config))
        with (folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                [PROGRAM, f"--config.file={folder}/prometheus.yml", *flags,
                 "--web.listen-address=127.0.0.1:0"], stderr=log, stdin=subprocess.DEVNULL)
        stack.callback(self._process.wait)
        stack.callback(self._process.kill)
        self.pid, self.folder = self._process.pid, folder
        self.address = self._address()

    def _address(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            text = (self.folder / "log").read_text()
            found = re.search(r'msg="Listening on".* address=(\S+)', text)
            if found and "ready to receive web requests" in text:
                return found[1]
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    def get(self, path, data=None):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{self.address}{path}", data, timeout=600) as reply:
            return reply.read().decode()

    def metric(self, name):
        """The sum of the own series of this name."""
        return sum(float(value) for value in re.findall(
            rf"^{name}(?:\{{.*\}})? (\S+)$", self.get("/metrics"), re.MULTILINE))

    def memory(self, field):
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)[1]) / 1024


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def scrape_jobs(args, sd):
    """The jobs of k8s/base/prometheus/scrape-peers.yml."""
    steps = [{"source_labels": ["__meta_kubernetes_namespace"], "target_label": "namespace"},
             {"source_labels": ["__meta_kubernetes_pod_name"], "target_label": "pod"},
             {"source_labels": ["namespace", "pod"], "separator": "/", "target_label": "instance"},
             {"source_labels": ["__meta_kubernetes_pod_node_name"], "target_label": "node"}]
    return [{"job_name": job, "metrics_path": path, "relabel_configs": steps,
             "file_sd_configs": [{"files": [str(sd)]}]}
            for job, path in many_exporters.PATHS.items() if args.native or "native" not in job]


def start(stack, folder, args, sd):
    config = {"global": {"scrape_interval": f"{args.interval}s", "evaluation_interval": "15s"},
              "scrape_configs": scrape_jobs(args, sd)}
    if not args.agent:
        return Running(stack, folder / "server", config | {"rule_files": [f"{RULES}/*.yml"]},
                       f"--storage.tsdb.path={folder}/data", "--web.enable-admin-api")
    engine = Running(stack, folder / "engine", {}, f"--storage.tsdb.path={folder}/engine-data",
                     "--web.enable-remote-write-receiver")
    return Running(stack, folder / "server", config | {"remote_write": [
        {"url": f"http://{engine.address}/api/v1/write"}]},
        "--agent", f"--storage.agent.path={folder}/data")


def names(count, args, passed):
    """The pods after this share of the run: some were replaced."""
    gone = int(count * args.churn * passed)
    return [f"peer-{number}{'-new' if number < gone else ''}" for number in range(count)]


def scrape(running, args, count, sd, address):
    """Scrapes for the time of the run; replaces pods meanwhile. Returns CPU seconds a second."""
    seconds = args.interval * args.samples
    began, cpu = time.monotonic(), 0
    while (passed := (time.monotonic() - began) / seconds) < 1:
        part = sd.with_suffix(".part")
        part.write_text(json.dumps(many_exporters.targets(address, names(count, args, passed))))
        part.rename(sd)
        if passed > 0.5 and not cpu:
            cpu, half = cpu_ticks(running.pid), time.monotonic()
        time.sleep(min(seconds / 20, 30))
    spent = (cpu_ticks(running.pid) - cpu) / os.sysconf("SC_CLK_TCK")
    return spent / (time.monotonic() - half)


def row(stack, args, count):
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    address, sizes = many_exporters.start(stack, args.interval)
    sd = folder / "targets.json"
    sd.write_text("[]")
    running = start(stack, folder, args, sd)
    cores = scrape(running, args, count, sd, address)
    kept = "agent_active" if args.agent else "tsdb_head"
    series = running.metric(f"prometheus_{kept}_series")
    memory, rules = running.memory("VmRSS"), of_rules(running, args)
    wal = size(folder / "data" / "wal")
    per_sample = 0 if args.agent else on_disk(running, folder / "data")
    per_scrape = sum(sizes[path] + 5 for job, path in many_exporters.PATHS.items()
                     if args.native or "native" not in job)
    return (count, int(series), int(count * per_scrape / REAL_INTERVAL), round(memory),
            round(running.memory("VmHWM")), round(memory * 1024 / series, 1), round(cores, 3),
            rules[0], round(per_sample, 2), round(wal / 2**20), rules[1])


def on_disk(running, data):
    """Bytes per sample in a block, which a snapshot makes of the samples in memory as the
    compaction of every two hours does; the peak of the memory includes it."""
    running.get("/api/v1/admin/tsdb/snapshot", data=b"")
    blocks = list(data.glob("snapshots/*/*/meta.json"))
    samples = sum(json.loads(path.read_text())["stats"]["numSamples"] for path in blocks)
    return sum(size(path.parent) for path in blocks) / samples


def of_rules(running, args):
    """Their share of the time of the run; evaluations that were left out."""
    if args.agent:
        return 0, 0
    seconds = running.metric("prometheus_rule_group_duration_seconds_sum")
    return (round(seconds / args.interval / args.samples, 3),
            int(running.metric("prometheus_rule_group_iterations_missed_total")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--interval", type=int, default=5, help="seconds")
    parser.add_argument("--samples", type=int, default=130, help="of each series")
    parser.add_argument("--churn", type=float, default=0.1)
    parser.add_argument("--native", action="store_true", help="also Kubo's own metrics")
    parser.add_argument("--agent", action="store_true")
    args = parser.parse_args()
    print("|", " | ".join(COLUMNS), "|")
    print("|--:" * len(COLUMNS) + "|")
    for count in args.peers:
        with contextlib.ExitStack() as stack:
            print("|", " | ".join(map(str, row(stack, args, count))), "|", flush=True)


if __name__ == "__main__":
    main()
