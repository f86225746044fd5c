"""Shared by the checks, which run on the node: kubectl, Prometheus, processes of pods, waiting."""

import concurrent.futures
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(REPOSITORY / "tests"), str(REPOSITORY / "tests" / "monitoring")]

from patience import PATIENCE  # noqa: E402

PEERS = "app.kubernetes.io/name=peer"


def run(*command, stdin=None):
    """Standard output and error; raises AssertionError with the error if the command fails."""
    done = subprocess.run(command, cwd=REPOSITORY, input=stdin, capture_output=True, text=True,
                          timeout=3 * PATIENCE, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(map(str, command))[:100]}: {done.stderr.strip()[-2000:]}")
    return done.stdout, done.stderr


def kubectl(*command, stdin=None):
    return run("kubectl", *command, stdin=stdin)[0]


def get(*what):
    return json.loads(kubectl("get", *what, "-o", "json"))


def apply(text):
    return kubectl("apply", "-f", "-", stdin=text)


def wait_for(what, ask, seconds=PATIENCE):
    """The first answer that is true, asked until then; an error is an answer that is not."""
    began, last = time.monotonic(), None
    while time.monotonic() - began < seconds:
        try:
            last = ask()
            if last:
                return last
        except (AssertionError, OSError, ValueError, KeyError, IndexError) as error:
            last = error
        time.sleep(0.5)
    raise AssertionError(f"not within {seconds} s: {what}; last: {str(last)[:500]}")


def seconds_until(what, ask, seconds=PATIENCE):
    began = time.monotonic()
    wait_for(what, ask, seconds)
    return time.monotonic() - began


def together(function, items):
    """The function's results for all items, which it gets at the same time."""
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return list(pool.map(function, items))


def rollout(namespace, name):
    kubectl("-n", namespace, "rollout", "status", f"deployment/{name}", f"--timeout={PATIENCE}s")


def scale(count):
    kubectl("-n", "peers", "scale", "deployment/peer", f"--replicas={count}")
    rollout("peers", "peer")


def pods(selector=PEERS, namespace="peers"):
    """The pods that are not being deleted, by name."""
    return {one["metadata"]["name"]: one
            for one in get("-n", namespace, "pods", "-l", selector)["items"]
            if "deletionTimestamp" not in one["metadata"]}


def container(pod, name):
    """The status of a container."""
    status = get("-n", "peers", "pod", pod)["status"]
    return next(one for one in status["initContainerStatuses"] + status["containerStatuses"]
                if one["name"] == name)


def in_pod(pod, name, *command, namespace="peers"):
    return kubectl("-n", namespace, "exec", pod, "-c", name, "--", *command)


def processes(program):
    """{process ID: its cgroups} of every process with this name."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "comm").read_text().strip() == program[:15]:
                found[int(folder.name)] = (folder / "cgroup").read_text()
        except OSError:
            pass  # it has ended
    return found


def started(process):
    """The time of its start, in ticks since the start of the machine: field 22 of proc(5)."""
    stat = pathlib.Path(f"/proc/{process}/stat").read_text()
    return int(stat.rpartition(")")[2].split()[19])


def process(pod, name, program):
    """The ID of a process in a container: the oldest, because probes start others."""
    identity = container(pod, name)["containerID"].rpartition("/")[2]
    found = [process for process, cgroup in processes(program).items() if identity in cgroup]
    return min(found, key=started)


class Stopped:
    """A process that does not run within the context."""

    def __init__(self, *where):
        self._pid = process(*where)

    def __enter__(self):
        os.kill(self._pid, signal.SIGSTOP)

    def __exit__(self, *_):
        try:
            os.kill(self._pid, signal.SIGCONT)
        except ProcessLookupError:
            pass  # a probe ended it


def prometheus_address():
    (pod,) = pods("app.kubernetes.io/name=prometheus", "monitoring").values()
    return f"{pod['status']['podIP']}:9090"


def ask_prometheus(path, **parameters):
    url = f"http://{prometheus_address()}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
    try:
        with urllib.request.urlopen(url, timeout=30) as reply:
            return json.load(reply)["data"]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{path}: {error.read().decode()[:300]}") from error


def query(expression):
    """[(labels, value)] of an instant query."""
    return [(one["metric"], float(one["value"][1]))
            for one in ask_prometheus("query", query=expression)["result"]]


def number(expression):
    """The only value of a query."""
    ((_, value),) = query(expression)
    return value


def by_pod(expression):
    return {labels["pod"]: value for labels, value in query(expression)}


def shown(page, after):
    """The first block of commands after a text in a page."""
    text = (REPOSITORY / page).read_text().partition(after)[2]
    return re.search(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)[1]
