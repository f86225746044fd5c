"""The image that packaging/image/build makes."""

import json
import os
import pathlib
import re
import shutil
import sys
import tarfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

from harness import REPOSITORY  # noqa: E402
from patience import SLOW  # noqa: E402

ARCHIVE = REPOSITORY / "build" / "image" / "ipfs-peer-exporter.tar"
STATIC = REPOSITORY / "build" / "static"
PLATFORMS = {"x86_64": "amd64", "aarch64": "arm64", "armv7": "arm"}
VERSION = re.search(r"^project\(\S+ VERSION (\S+)", (REPOSITORY / "CMakeLists.txt").read_text(),
                    re.MULTILINE)[1]
NAME = f"docker.io/library/ipfs-peer-exporter:{VERSION}"
USER = 10055
SECONDS = 1800  # for all commands of podman together, on a busy machine


def missing(slow=0):
    """Why such tests cannot run here; empty if they can."""
    if SLOW < slow:
        return f"slow: runs with SLOW={slow}"
    if os.geteuid() != 0:
        return "needs root"
    if not shutil.which("podman") or not shutil.which("runc"):
        return "podman or runc is not installed: .ci/run does that"
    if os.uname().machine not in architectures():
        return "packaging/static/build was not run"
    return ""


def architectures():
    """The architectures that have a static binary."""
    return [name for name in PLATFORMS if (STATIC / name / "components.tsv").exists()]


def make(podman):
    wanted = [PLATFORMS[name] for name in architectures()]
    podman.run(REPOSITORY / "packaging" / "image" / "build", *wanted)
    return Archive(ARCHIVE)


class Archive:
    """An OCI archive: its index, and by architecture the manifest and the configuration."""

    def __init__(self, path):
        self.path = path
        with tarfile.open(path) as archive:
            [entry] = json.load(archive.extractfile("index.json"))["manifests"]
            self.digest = entry["digest"]
            self.name = entry["annotations"]["org.opencontainers.image.ref.name"]
        self.index = self.read_json(self.digest)
        self.manifests = {entry["platform"]["architecture"]: self.read_json(entry["digest"])
                          for entry in self.index["manifests"]}
        self.configurations = {name: self.read_json(manifest["config"]["digest"])
                               for name, manifest in self.manifests.items()}

    def read(self, digest):
        with tarfile.open(self.path) as archive:
            return archive.extractfile(f"blobs/{digest.replace(':', '/')}").read()

    def read_json(self, digest):
        return json.loads(self.read(digest))
