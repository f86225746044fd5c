"""The image in a pod beside real neighbours."""

import contextlib
import errno
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

from built import NAME, SECONDS, USER, make, missing
from podman import Podman
from harness import JS_COLLECTORS, PATIENCE, REPOSITORY, Page, read_logfmt
import test_js_ipfs

PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"


def missing_here():
    """Why the test cannot run here; empty if it can."""
    if not test_js_ipfs.INSTALLED.exists():
        return "build/js-ipfs is not there: ./check makes it"
    return missing(slow=1)


class Log:
    """The log of a container, followed while it is written."""

    def __init__(self, podman, container):
        self._process = podman.start("logs", "--follow", container,
                                     stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self._watchdog = threading.Timer(PATIENCE, self._process.kill)
        self._watchdog.start()
        self._lines = []

    def wait(self, **wanted):
        """The first line with these pairs, past or future."""
        for line in self._read():
            if wanted.items() <= line.items():
                return line
        raise AssertionError(f"no line {wanted}, but: {self._lines}")

    def _read(self):
        yield from self._lines
        for text in self._process.stderr:
            self._lines.append(read_logfmt(text))
            yield self._lines[-1]

    def close(self):
        self._watchdog.cancel()
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()


@unittest.skipIf(missing_here(), missing_here())
class PodTest(unittest.TestCase):
    def setUp(self):
        self.podman = Podman(SECONDS)
        self.addCleanup(self.podman.close)
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.podman("load", f"--input={make(self.podman).path}")

    def test_in_a_pod_beside_its_neighbours(self):
        node = test_js_ipfs.Node(str(self.directory / "repository"))
        self.addCleanup(node.kill)
        run = self.start_peer(node.api)
        container = self.start_pod(run, f"--ipfs.api={node.api}",
                                   "--peer.stats=unix:/run/peer/stats.sock",
                                   f"--ipfs.timeout={PATIENCE}s", "--ipfs.budget=0")
        log = Log(self.podman, container)
        self.addCleanup(log.close)

        address = log.wait(msg="listening")["address"]
        for name in ("peer.stats", *(f"ipfs.{name}" for name in JS_COLLECTORS)):
            log.wait(msg="poll", collector=name, result="ok")
        page = read_page(address)
        self.assertEqual(page.value("ipfs_up"), 1)
        self.assertEqual(page.value("ipfs_node_info", peer_id=node.ask("id")["ID"]), 1)
        self.assertEqual(page.value("peer_up"), 1)
        self.assertGreater(page.value("peer_model_accuracy_ratio"), 0)

        process = pathlib.Path("/proc", self.podman("inspect", "--format={{.State.Pid}}",
                                                    container).strip())
        self.check_powerless(process)
        self.check_read_only(process)
        self.podman("kill", "--signal=TERM", container)
        self.assertEqual(self.podman("wait", container).strip(), "0")

    def start_peer(self, api):
        """Returns the directory of its socket, to which the group may connect."""
        run = self.directory / "run"
        run.mkdir()
        run.chmod(0o755)
        peer = subprocess.Popen(
            [sys.executable, PEER, f"--ipfs-api={api}", f"--stats=unix:{run}/stats.sock",
             f"--ttl={SECONDS}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, group=USER)
        self.addCleanup(peer.stdout.close)
        self.addCleanup(peer.wait)
        self.addCleanup(peer.kill)
        self.assertIn("round=1", peer.stdout.readline())
        return run

    def start_pod(self, run, *flags):
        """Returns the name of the exporter's container, which runs as the user of the image."""
        exporter = {
            "name": "exporter", "image": NAME, "imagePullPolicy": "Never",
            "args": ["--web.listen-address=127.0.0.1:0", "--log.level=debug", *flags],
            "resources": {"limits": {"memory": "32Mi"}},
            "securityContext": {
                "readOnlyRootFilesystem": True, "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]}},
            "volumeMounts": [{"name": "run", "mountPath": "/run/peer"}],
        }
        pod = {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "node"},
            "spec": {
                "restartPolicy": "Never", "containers": [exporter],
                "volumes": [{"name": "run",
                             "hostPath": {"path": str(run), "type": "Directory"}}]},
        }
        manifest = self.directory / "pod.yaml"
        manifest.write_text(json.dumps(pod))  # JSON is YAML too
        self.podman("play", "kube", "--network=host", str(manifest))
        return "node-exporter"

    def check_powerless(self, process):
        """No root and no capabilities, and no way to gain them."""
        status = dict(line.split(":\t", 1) for line in
                      (process / "status").read_text().splitlines())
        self.assertEqual(status["Uid"].split(), [str(USER)] * 4)
        self.assertEqual(status["Gid"].split(), [str(USER)] * 4)
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual(status["NoNewPrivs"], "1")

    def check_read_only(self, process):
        """Even root, which the container does not run as, cannot write to its file system."""
        for name in ("new", "etc/ssl/certs/ca-certificates.crt"):
            with self.assertRaises(OSError) as raised:
                open(process / "root" / name, "ab").close()
            self.assertEqual(raised.exception.errno, errno.EROFS, name)


def read_page(address):
    with contextlib.closing(http.client.HTTPConnection(address, timeout=PATIENCE)) as connection:
        connection.request("GET", "/metrics")
        return Page(connection.getresponse().read().decode())


if __name__ == "__main__":
    unittest.main()
