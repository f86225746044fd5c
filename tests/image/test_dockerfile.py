"""The Dockerfile compiles the image from nothing, and takes prebuilt files, to the same end."""

import json
import unittest

from built import SECONDS, make, missing
from podman import Podman
from harness import REPOSITORY

BASE = REPOSITORY / "build" / "base-image.tar"
BASE_NAME = "docker.io/library/debian:bookworm-slim"
REVISION = "0123456789ab"
# The authorities of this machine, whose mirrors may need them.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt:/usr/local/share/ca-certificates/host.crt:ro"


def missing_here():
    """Why the test cannot run here; empty if it can."""
    if not BASE.exists():
        return "build/base-image.tar is not there: .ci/run makes it"
    return missing(slow=2)


@unittest.skipIf(missing_here(), missing_here())
class DockerfileTest(unittest.TestCase):
    def test_it_compiles_from_nothing(self):
        podman = Podman(4 * SECONDS)
        self.addCleanup(podman.close)
        prebuilt = make(podman).configurations["amd64"]["config"]
        podman("import", "--change=ENV PATH=/usr/sbin:/usr/bin:/sbin:/bin", str(BASE), BASE_NAME)
        podman("build", "--pull-never", "--isolation=chroot", "--network=host",
               f"--volume={AUTHORITIES}", f"--build-arg=REVISION={REVISION}",
               "--tag=compiled", str(REPOSITORY))
        said = podman("run", "--rm", "--pull=never", "--network=none", "compiled", "--version")
        self.assertRegex(said, rf"^ipfs_peer_exporter \d.* \(revision {REVISION},")
        [compiled] = json.loads(podman("image", "inspect", "compiled"))
        for name in ("User", "Entrypoint", "Env", "ExposedPorts"):
            self.assertEqual(compiled["Config"][name], prebuilt[name], name)


if __name__ == "__main__":
    unittest.main()
