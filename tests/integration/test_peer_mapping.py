"""Documents of existing programs and the mapping files that turn them into metrics."""

import json
import shutil
import subprocess
import unittest

from harness import (BINARY, PATIENCE, PATIENT, REPOSITORY, IntegrationTest, Page,
                     clean_environment, says)

UWSGI_MAPPING = (REPOSITORY / "examples" / "stats-socket" / "uwsgi.yml").read_text()


def uwsgi_worker(number, status, **changes):
    return {
        "id": number, "pid": 100 + number, "accepting": 1, "requests": 40 + number,
        "delta_requests": 2, "exceptions": 1, "harakiri_count": 0, "signals": 0,
        "signal_queue": 0, "status": status, "rss": 26_214_400, "vsz": 104_857_600,
        "running_time": 2_500_000, "last_spawn": 1_700_000_000, "respawn_count": 1,
        "tx": 123_456, "avg_rt": 1250,
        "apps": [{"id": 0, "modifier1": 0, "mountpoint": "", "startup_time": 1,
                  "requests": 42, "exceptions": 1, "chdir": ""}],
        "cores": [{"id": 0, "requests": 42, "static_requests": 0, "routed_requests": 0,
                   "offloaded_requests": 0, "write_errors": 3, "read_errors": 0,
                   "in_request": 1, "vars": ["PATH_INFO=/"], "req_info": {}}]} | changes


# The shape of https://uwsgi-docs.readthedocs.io/en/latest/StatsServer.html
UWSGI = {
    "version": "2.0.22", "listen_queue": 4, "listen_queue_errors": 1, "signal_queue": 0,
    "load": 4, "pid": 100, "uid": 33, "gid": 33, "cwd": "/srv", "locks": [{"user 0": 0}],
    "sockets": [{"name": "127.0.0.1:3031", "proto": "uwsgi", "queue": 4, "max_queue": 100,
                 "shared": 0, "can_offload": 0}],
    "workers": [uwsgi_worker(1, "busy"), uwsgi_worker(2, "idle"),
                uwsgi_worker(3, "cheap", requests=0)]}

# Statistics of a container's control group.
CONTAINERS = {"containers": {
    "web": {
        "cpu": {"usage": {"total": 1_500_000_000, "percpu": [500_000_000, 1_000_000_000]},
                "throttling": {"periods": 10, "throttledPeriods": 2}},
        "memory": {"usage": {"usage": 1048576, "max": 2097152, "failcnt": 0},
                   "stats": {"cache": 4096}},
        "blkio": {"ioServiceBytesRecursive": [
            {"op": "Read", "major": 8, "minor": 0, "value": 512},
            {"op": "Write", "major": 8, "minor": 0, "value": 1024},
            {"op": "Total", "major": 8, "minor": 0, "value": 1536}]},
        "network": {"lo": {"rxBytes": 1}, "eth0": {"rxBytes": 700}},
        "name": "/kubepods/web"},
    "db": {"cpu": {"usage": {"total": 3_000_000_000}}, "memory": {}, "name": "/kubepods/db"}}}
CONTAINERS_MAPPING = """\
rules:
- each: /containers
  key: container
  rules:
  - {path: /cpu/usage/total, name: container_cpu_seconds_total, scale: 1e-9, help: Processor time.}
  - each: /cpu/usage/percpu
    key: cpu
    rules: [{path: "", name: container_cpu_each_seconds_total, scale: 1e-9, help: By processor.}]
  - {path: /memory/usage/usage, name: container_memory_bytes, help: Memory in use.}
  - {path: /name, name: container_info, type: info, help: "", labels: {cgroup: {path: /name}}}
  - each: /blkio/ioServiceBytesRecursive
    labels: {operation: {path: /op}, major: {path: /major}, minor: {path: /minor}}
    drop: {/op: Total}
    rules: [{path: /value, name: container_io_bytes_total, help: Bytes read and written.}]
  - each: /network
    key: device
    drop: {key: [lo, docker0]}
    rules: [{path: /rxBytes, name: container_received_bytes_total, help: Bytes received.}]
"""

WORKERS = [
    {"name": "a", "state": "running", "jobs": {"done": 7, "failed": 1},
     "latency_ms": {"le": {"10": 3, "100": 6}, "sum": 250.5, "n": 7}},
    {"name": "b", "state": "stopped", "jobs": {"done": 2, "failed": 0}}]
WORKERS_MAPPING = """\
rules:
- each: ""
  labels: {worker: {path: /name}}
  rules:
  - each: /jobs
    key: result
    rules: [{path: "", name: jobs_total, help: Jobs by result.}]
  - path: /latency_ms
    name: job_duration_seconds
    type: histogram
    help: Time of one job.
    scale: 0.001
    buckets: /le
    sum: /sum
    count: /n
  - {path: /state, name: worker_info, type: info, labels: {state: {path: /state}}}
"""


class MappingTest(IntegrationTest):
    def mapping(self, text):
        path = self.temporary() / "mapping.yml"
        path.write_text(text)
        return path

    def run_with(self, *flags):
        """Exit code, stdout and stderr of a run that exits by itself."""
        done = subprocess.run([BINARY, "--ipfs.api=none", "--log.level=error", *flags],
                              capture_output=True, text=True, timeout=PATIENCE,
                              env=clean_environment(PATIENT))
        return done.returncode, done.stdout, done.stderr

    def read(self, document, mapping, *flags):
        """The page that --once prints, and its report on the rules."""
        peer = self.stats_socket(says(json.dumps(document)))
        code, page, told = self.run_with(
            "--once", f"--peer.stats={peer.address}",
            f"--peer.mapping={self.mapping(mapping)}", *flags)
        self.assertEqual(code, 0, told)
        self.check_with_promtool(page)
        return Page(page), told

    def check_with_promtool(self, page):
        if not shutil.which("promtool"):
            print("not checked: promtool is not installed: ./check does that")
            return
        checked = subprocess.run(["promtool", "check", "metrics"], input=page,
                                 capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""), checked.stdout)

    def test_uwsgi(self):
        page, told = self.read(UWSGI, UWSGI_MAPPING, "--peer.namespace=uwsgi")
        self.assertEqual(page.value("uwsgi_build_info", version="2.0.22"), 1)
        self.assertEqual(page.value("uwsgi_listen_queue"), 4)
        self.assertEqual(page.families["uwsgi_listen_queue"].help,
                         "Requests that wait for a worker.")
        self.assertEqual(page.value("uwsgi_socket_queue_limit", socket="127.0.0.1:3031",
                                    protocol="uwsgi"), 100)
        requests = page.series("uwsgi_worker_requests_total")
        self.assertEqual({dict(labels)["worker"]: value for labels, value in requests.items()},
                         {"1": 41, "2": 42})
        self.assertEqual(page.families["uwsgi_worker_requests_total"].type, "counter")
        self.assertEqual(page.value("uwsgi_worker_busy_seconds_total", worker="1"), 2.5)
        self.assertEqual(page.value("uwsgi_core_write_errors_total", worker="2", core="0"), 3)
        self.assertNotIn("skipped", told)
        self.assertRegex(told, r"(?m)^peer.stats: .*mapping.yml:\d+:3: listen_queue: 1 served$")
        self.assertIn("worker_requests_total: 2 served\n", told)

    def test_containers(self):
        page, told = self.read(CONTAINERS, CONTAINERS_MAPPING)
        for (container, cpu), value in {("web", "0"): 0.5, ("web", "1"): 1}.items():
            self.assertEqual(page.value("peer_container_cpu_each_seconds_total",
                                        container=container, cpu=cpu), value)
        self.assertEqual(page.value("peer_container_cpu_seconds_total", container="db"), 3)
        operations = {dict(labels)["operation"]: value for labels, value in
                      page.series("peer_container_io_bytes_total").items()}
        self.assertEqual(operations, {"Read": 512, "Write": 1024})
        self.assertEqual(len(page.series("peer_container_received_bytes_total")), 1)
        self.assertEqual(page.value("peer_container_info", container="db",
                                    cgroup="/kubepods/db"), 1)
        self.assertIn("container_memory_bytes: 1 served\n", told)

    def test_an_array_of_workers(self):
        page, told = self.read(WORKERS, WORKERS_MAPPING)
        self.assertEqual(page.value("peer_jobs_total", worker="a", result="done"), 7)
        self.assertEqual(page.value("peer_jobs_total", worker="b", result="failed"), 0)
        self.assertEqual(page.value("peer_job_duration_seconds_bucket", worker="a", le="0.01"), 3)
        self.assertEqual(page.value("peer_job_duration_seconds_sum", worker="a"), 0.2505)
        self.assertEqual(page.value("peer_worker_info", worker="b", state="stopped"), 1)
        self.assertIn("jobs_total: 4 served\n", told)

    def test_a_rule_that_finds_nothing_says_so(self):
        _, told = self.read({"a": 1, "b": "text"}, """\
rules:
- {path: /a, name: a}
- {path: /b, name: b}
- {path: /c, name: c}
""")
        self.assertRegex(told, r":2:3: a: 1 served\n")
        self.assertRegex(told, r":3:3: b: 0 served of 1 at /b\n")
        self.assertRegex(told, r":4:3: c: nothing at /c\n")
        self.assertIn("peer.stats: 1 value skipped: type (/b)\n", told)

    def test_check_config(self):
        good = self.mapping(WORKERS_MAPPING)
        self.assertEqual(self.run_with("--check-config", "--peer.stats=unix:/none",
                                       f"--peer.mapping={good}")[0], 0)
        bad = self.mapping("rules:\n- path: /a\n  nam: a\n")
        code, _, error = self.run_with("--check-config", "--peer.stats=unix:/none",
                                       f"--peer.mapping={bad}")
        self.assertEqual((code, error.count("\n")), (2, 1))
        self.assertIn(f"--peer.mapping: {bad}:3:3: unknown key nam", error)

    def test_what_is_no_json(self):
        exporter = self.exporter(
            "--ipfs.api=none", f"--peer.stats={self.stats_socket(says('a=1')).address}",
            f"--peer.mapping={self.mapping(WORKERS_MAPPING)}")
        poll = exporter.wait_poll("peer.stats")
        self.assertEqual((poll["result"], poll["reason"]), ("failed", "parse"))


if __name__ == "__main__":
    unittest.main()
