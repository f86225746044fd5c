"""The image of the Dockerfile: its content, and a run in a pod beside real neighbours."""

import contextlib
import errno
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

from harness import JS_COLLECTORS, PATIENCE, REPOSITORY, Page, read_logfmt  # noqa: E402
from podman import Podman  # noqa: E402
import test_js_ipfs  # noqa: E402

BASE = REPOSITORY / "build" / "base-image.tar"
BASE_NAME = "docker.io/library/debian:bookworm-slim"
PEER = REPOSITORY / "examples" / "learning-peer" / "peer.py"
IMAGE = "localhost/ipfs_peer_exporter"
REVISION = "0123456789ab"
USER = 10055
SECONDS = 1800  # in total; mostly for the build, which is slow on a busy machine
MAX_BYTES = 32 << 20

# The program, its libraries, certificates and licences. Any other file is an error.
CONTENT = re.compile(r"ipfs_peer_exporter|etc/ssl/certs/ca-certificates\.crt|LICENSE|"
                     r"usr/share/(doc/[\w.+-]+/copyright|common-licenses/[\w.-]+)|"
                     r"(usr/)?lib(64)?/([\w-]+/)?(lib|ld-linux-)[\w.+-]+\.so[\d.]*")


def missing():
    """Why the test cannot run here; empty if it can."""
    if not os.environ.get("SLOW"):
        return "slow: runs with SLOW=1"
    if os.geteuid() != 0:
        return "needs root"
    if not shutil.which("podman") or not shutil.which("runc"):
        return "podman or runc is not installed: .ci/run does that"
    for path in (BASE, test_js_ipfs.INSTALLED):
        if not path.exists():
            return f"{path.relative_to(REPOSITORY)} is not there: .ci/run makes it"
    return ""


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


@unittest.skipIf(missing(), missing())
class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.podman = Podman(SECONDS)
        cls.addClassCleanup(cls.podman.close)
        cls.podman("import", "--change=ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin", str(BASE),
                   BASE_NAME)
        cls.podman("build", "--pull-never", "--isolation=chroot", "--network=host",
                   f"--build-arg=REVISION={REVISION}", f"--tag={IMAGE}", str(REPOSITORY))

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def root_file_system(self):
        """The files of the image as one archive."""
        archive = self.directory / "root.tar"
        container = self.podman("create", "--pull=never", IMAGE).strip()
        self.podman("export", f"--output={archive}", container)
        self.podman("rm", container)
        return archive

    def test_holds_the_program_and_nothing_else(self):
        with tarfile.open(self.root_file_system()) as archive:
            files = [entry for entry in archive if not entry.isdir()]
        names = {entry.name for entry in files}
        self.assertIn("ipfs_peer_exporter", names)
        self.assertEqual([name for name in names if not CONTENT.fullmatch(name)], [])
        for licence in ("LICENSE", "usr/share/doc/libmicrohttpd12/copyright",
                        "usr/share/doc/libc6/copyright", "usr/share/common-licenses/LGPL-2.1"):
            self.assertIn(licence, names)
        # Links, devices, setuid and setgid files, and files writable by group or others.
        self.assertEqual([entry.name for entry in files
                          if not entry.isfile() or entry.mode & 0o7022], [])

    def test_is_small(self):
        archive = self.root_file_system()
        sizes = {"plain": archive.stat().st_size, "gzip": len(gzip.compress(archive.read_bytes()))}
        if shutil.which("zstd"):
            packed = subprocess.run(["zstd", "-19", "--stdout", archive], check=True,
                                    capture_output=True).stdout
            sizes["zstd"] = len(packed)
        print("size of the image in MB:",
              ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sizes.items()))
        self.assertLess(sizes["plain"], MAX_BYTES)

    def test_says_who_it_is(self):
        version = self.podman("run", "--rm", "--pull=never", "--network=none", IMAGE, "--version")
        self.assertRegex(version, rf"^ipfs_peer_exporter \d.* \(revision {REVISION},")

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
            "name": "exporter", "image": IMAGE, "imagePullPolicy": "Never",
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
