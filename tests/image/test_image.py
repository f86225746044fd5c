"""The image of each architecture that was built: its files, settings, size, digest, and a start in
a root with nothing else."""

import functools
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from built import (NAME, PLATFORMS, SECONDS, STATIC, USER, VERSION, architectures, make, missing)
from podman import Podman
from test_sbom import VALIDATOR, schema_error
from harness import REPOSITORY, IntegrationTest, clean_environment

sys.path.insert(0, str(REPOSITORY / "tests" / "static"))

from elf import Elf  # noqa: E402
from test_binary import MACHINES  # noqa: E402

OWN = os.uname().machine
VARIANTS = {"armv7": "v7"}
MAX_COMPRESSED = 4_000_000
SBOM = "usr/share/sbom/ipfs_peer_exporter.cdx.json"
# Any other file is an error.
CONTENT = re.compile(r"ipfs_peer_exporter|etc/ssl/certs/ca-certificates\.crt|LICENSE|"
                     rf"usr/share/licenses/[\w.+-]+|{re.escape(SBOM)}")
SETTINGS = {
    "User": f"{USER}:{USER}", "Entrypoint": ["/ipfs_peer_exporter"],
    "ExposedPorts": {"10055/tcp": {}}}
CERTIFICATES = REPOSITORY / "build" / "image" / "certificates" / "components.tsv"
NOT_LOCKED = ("musl", "libcxx", "ca-certificates")  # not from Debian's sources
LABELS = {"title": "ipfs_peer_exporter", "version": VERSION, "licenses": "Apache-2.0"}


def read_table(path):
    """{(name, version, SHA-256)} of a table of components."""
    return {(name, version, digest) for name, version, _, digest in
            (line.split("\t") for line in path.read_text().splitlines())}


def for_each(test):
    """Runs the test for each architecture: its name, the root, the configuration."""
    @functools.wraps(test)
    def run(self):
        for name, root in self.roots.items():
            with self.subTest(name):
                test(self, name, root, self.archive.configurations[PLATFORMS[name]])
    return run


@unittest.skipIf(missing(), missing())
class ImageTest(IntegrationTest):
    @classmethod
    def setUpClass(cls):
        cls.podman = Podman(SECONDS)
        cls.addClassCleanup(cls.podman.close)
        cls.archive = make(cls.podman)
        cls.directory = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.directory.chmod(0o755)  # the image's user gets in
        cls.roots = {name: cls.unpack(name) for name in architectures()}

    @classmethod
    def unpack(cls, architecture):
        root = cls.directory / architecture
        for layer in cls.archive.manifests[PLATFORMS[architecture]]["layers"]:
            packed = cls.directory / "layer.tar.gz"
            packed.write_bytes(cls.archive.read(layer["digest"]))
            root.mkdir(exist_ok=True)
            subprocess.run(["tar", "-xpf", packed, "-C", root], check=True)
        return root

    def program(self, architecture):
        """A command that starts the image's program in its root, as its user."""
        start = self.temporary() / "start"
        start.write_text(f"#!/bin/sh\nexec chroot --userspec={USER}:{USER} "
                         f'{shlex.quote(str(self.roots[architecture]))} /ipfs_peer_exporter "$@"\n')
        start.chmod(0o755)
        return start

    @for_each
    def test_there_is_one_for_each_architecture(self, name, root, configuration):
        self.assertEqual(self.archive.name, NAME)
        self.assertEqual(self.archive.index["mediaType"],
                         "application/vnd.oci.image.index.v1+json")
        self.assertEqual((configuration["os"], configuration["architecture"]),
                         ("linux", PLATFORMS[name]))
        [platform] = [entry["platform"] for entry in self.archive.index["manifests"]
                      if entry["platform"]["architecture"] == PLATFORMS[name]]
        self.assertEqual(platform.get("variant"), VARIANTS.get(name))
        self.assertEqual(Elf(root / "ipfs_peer_exporter").machine, MACHINES[name])

    @for_each
    def test_it_holds_the_program_and_nothing_else(self, name, root, _):
        files = [path for path in root.rglob("*") if path.is_symlink() or not path.is_dir()]
        names = {str(path.relative_to(root)) for path in files}
        self.assertEqual([name for name in names if not CONTENT.fullmatch(name)], [])
        wanted = {line.split("\t")[0] for line in
                  (STATIC / name / "components.tsv").read_text().splitlines()}
        licences = {name.rpartition("/")[2] for name in names if "/licenses/" in name}
        self.assertEqual((wanted | {"ca-certificates", "LGPL-2.1"}) - licences, set())
        self.assertLessEqual({"ipfs_peer_exporter", "LICENSE", SBOM}, names)
        # Links, devices, setuid and setgid files, and files writable by group or others.
        self.assertEqual([path for path in files if path.is_symlink() or not path.is_file() or
                          path.stat().st_mode & 0o7022], [])

    @for_each
    def test_its_sbom_lists_exactly_the_pinned_libraries(self, name, root, _):
        made = json.loads((root / SBOM).read_text())
        found = {(one["name"], one["version"], one["hashes"][0]["content"])
                 for one in made["components"]}
        self.assertEqual(found, read_table(STATIC / name / "components.tsv") |
                         read_table(CERTIFICATES))
        lock = (line.split() for line in (STATIC / "sources.lock").read_text().splitlines())
        self.assertEqual({one for one in found if one[0] not in NOT_LOCKED},
                         {(name, version, digest) for name, version, file, digest in lock
                          if file.endswith(".dsc") and name != "doctest"})  # doctest: for tests

    @for_each
    @unittest.skipUnless(VALIDATOR.exists(), "build/sbom-tools is not there: .ci/run makes it")
    def test_its_sbom_is_valid(self, _name, root, _configuration):
        self.assertIsNone(schema_error((root / SBOM).read_text()))

    @for_each
    def test_it_trusts_the_authorities_of_debian(self, _name, root, _configuration):
        bundle = (root / "etc/ssl/certs/ca-certificates.crt").read_text()
        self.assertGreater(bundle.count("-----BEGIN CERTIFICATE-----\n"), 100)
        self.assertEqual(bundle.count("-----BEGIN CERTIFICATE-----\n"),
                         bundle.count("-----END CERTIFICATE-----\n"))

    @for_each
    def test_its_settings(self, _name, _root, configuration):
        settings = configuration["config"]
        self.assertEqual({key: settings[key] for key in SETTINGS}, SETTINGS)
        self.assertIn("IPFS_PEER_EXPORTER_WEB_LISTEN_ADDRESS=:10055", settings["Env"])
        labels = {name.removeprefix("org.opencontainers.image."): value
                  for name, value in settings["Labels"].items()}
        self.assertLessEqual(LABELS.items(), labels.items())
        for name in ("description", "source", "revision"):
            self.assertTrue(labels[name])

    def test_its_labels_are_those_of_the_program(self):
        name = OWN
        said = subprocess.run([self.program(name), "--version"], check=True, text=True,
                              capture_output=True, env=clean_environment()).stdout
        labels = self.archive.configurations[PLATFORMS[name]]["config"]["Labels"]
        self.assertRegex(said, rf"^ipfs_peer_exporter {re.escape(VERSION)} \(revision "
                               rf"{labels['org.opencontainers.image.revision']},")

    def test_it_is_small(self):
        for name, manifest in self.archive.manifests.items():
            size = manifest["config"]["size"] + sum(one["size"] for one in manifest["layers"])
            print(f"size of the image of {name}, compressed: {size / 1e6:.2f} MB")
            self.assertLessEqual(size, MAX_COMPRESSED)

    def test_a_second_build_has_the_same_digest(self):
        second = Podman(SECONDS)
        self.addCleanup(second.close)
        self.assertEqual(make(second).digest, self.archive.digest)

    def test_it_serves_with_nothing_but_its_files(self):
        daemon = self.daemon()
        exporter = self.exporter(f"--ipfs.api={daemon.url}", binary=self.program(OWN))
        exporter.wait_collectors()
        self.assertEqual(exporter.page().value("ipfs_up"), 1)
        status = pathlib.Path(f"/proc/{exporter.pid}/status").read_text()
        self.assertRegex(status, rf"(?m)^Uid:(\t{USER}){{4}}$")
        self.assertEqual(exporter.terminate(), 0)

    @unittest.skipIf(missing(slow=2), missing(slow=2))
    def test_arm64_in_an_emulator(self):
        self.check_emulated("aarch64", "qemu-aarch64-static")

    @unittest.skipIf(missing(slow=2), missing(slow=2))
    def test_arm_in_an_emulator(self):
        self.check_emulated("armv7", "qemu-arm-static")

    def check_emulated(self, name, emulator):
        if name not in self.roots or not shutil.which(emulator):
            self.skipTest(f"needs packaging/static/build {name}, and qemu-user-static of Debian")
        root = self.temporary() / "root"
        shutil.copytree(self.roots[name], root)
        shutil.copy(shutil.which(emulator), root / "qemu")
        daemon = self.daemon()
        done = subprocess.run(
            ["chroot", root, "/qemu", "/ipfs_peer_exporter", f"--ipfs.api={daemon.url}", "--once"],
            env=clean_environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("\nipfs_up 1\n", done.stdout)


if __name__ == "__main__":
    unittest.main()
