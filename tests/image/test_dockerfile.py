"""The Dockerfile compiles the image from nothing, to the same bytes as it takes prebuilt.

The two compilations have other folders, caches and machines, so this tests that the static binary
is reproducible.
"""

import hashlib
import json
import os
import pathlib
import tarfile
import tempfile
import unittest

from built import SECONDS, make, missing
from podman import Podman
from harness import REPOSITORY

BASE = REPOSITORY / "build" / "base-image.tar"
BASE_NAME = "docker.io/library/debian:bookworm-slim"
ROOT = REPOSITORY / "build" / "image" / "amd64"
EPOCH = "1700000000"  # in the SBOM
# The authorities of this machine, whose mirrors may need them.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt:/usr/local/share/ca-certificates/host.crt:ro"


def missing_here():
    """Why the test cannot run here; empty if it can."""
    if not BASE.exists():
        return "build/base-image.tar is not there: .ci/run makes it"
    return missing(slow=2)


def digests(root):
    """{path: SHA-256} of the files."""
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in root.rglob("*") if path.is_file()}


@unittest.skipIf(missing_here(), missing_here())
class DockerfileTest(unittest.TestCase):
    def test_it_compiles_from_nothing(self):
        podman = Podman(4 * SECONDS)
        self.addCleanup(podman.close)
        podman.environment["SOURCE_DATE_EPOCH"] = EPOCH
        prebuilt = make(podman).configurations["amd64"]["config"]
        revision = ROOT.with_name("revision-amd64").read_text().strip()
        podman("import", "--change=ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin", str(BASE), BASE_NAME)
        podman("build", "--pull-never", "--isolation=chroot", "--network=host",
               "--ulimit=nofile=8192:8192",  # Zig's; Podman of these tests gives less
               f"--volume={AUTHORITIES}", f"--build-arg=REVISION={revision}",
               f"--build-arg=SOURCE_DATE_EPOCH={EPOCH}", "--tag=compiled", str(REPOSITORY))
        said = podman("run", "--rm", "--pull=never", "--network=none", "compiled", "--version")
        self.assertRegex(said, rf"^ipfs_peer_exporter \d.* \(revision {revision},")
        [compiled] = json.loads(podman("image", "inspect", "compiled"))
        for name in ("User", "Entrypoint", "Env", "ExposedPorts", "Labels"):
            self.assertEqual(compiled["Config"][name], prebuilt[name], name)
        self.assertEqual(self.content(podman, "compiled"), digests(ROOT))

    def content(self, podman, image):
        with tempfile.TemporaryDirectory() as folder:
            container = podman("create", "--pull=never", "--network=none", image).strip()
            podman("export", f"--output={folder}/files.tar", container)
            os.mkdir(f"{folder}/root")
            with tarfile.open(f"{folder}/files.tar") as archive:
                archive.extractall(f"{folder}/root", filter="data")
            return digests(pathlib.Path(folder, "root"))


if __name__ == "__main__":
    unittest.main()
