"""What the Debian package holds, and what Debian's tools say about it."""

import hashlib
import re
import shutil
import subprocess
import tarfile
import unittest

from deb import (ARCH, BINARY, DEB, NAME, PROGRAM, STATICS, build, built, needs_dpkg,
                 needs_static, program_of, project_version, run)
from harness import IntegrationTest, clean_environment

SECRET = {f"etc/{NAME}/exporter.yml": 0o640, f"etc/{NAME}/web.yml": 0o640,
          f"etc/{NAME}/credentials": 0o750}
# Examples in the configuration are comments without a blank, and lines that belong to them.
EXAMPLE = re.compile(r"^#(\S.*|  \S.*)$", re.MULTILINE)
NOTICES = f"usr/share/doc/{NAME}/licenses/"


def fields(deb):
    """The control fields."""
    text = run("dpkg-deb", "--field", str(deb))
    return dict(re.findall(r"^([A-Z][\w-]+): (.*)$", text, re.MULTILINE))


class PackageTest(IntegrationTest):
    arch = ARCH

    @property
    def deb(self):
        return built(self.arch)

    def extracted(self):
        folder = self.temporary()
        run("dpkg-deb", "--extract", str(self.deb), str(folder))
        return folder


class Content:
    """The tests of the package of one architecture."""

    @classmethod
    def setUpClass(cls):
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", built(cls.arch)],
                              stdout=subprocess.PIPE) as process:
            with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
                cls.entries = {entry.name.removeprefix("./"): entry for entry in archive}

    def test_all_belongs_to_root_with_the_usual_modes(self):
        for name, entry in self.entries.items():
            usual = 0o755 if entry.isdir() or name.startswith("usr/bin/") else 0o644
            self.assertEqual(entry.mode, SECRET.get(name, usual), name)
            self.assertEqual((entry.uname, entry.gname), ("root", "root"), name)
            self.assertTrue(entry.isdir() or entry.isfile(), name)
        self.assertLessEqual(SECRET.keys(), self.entries.keys())

    def test_the_files(self):
        files = {name for name, entry in self.entries.items()
                 if entry.isfile() and not name.startswith(NOTICES)}
        self.assertEqual(files, {
            "usr/bin/ipfs_peer_exporter", f"etc/{NAME}/exporter.yml", f"etc/{NAME}/web.yml",
            *(f"usr/lib/systemd/system/{NAME}.{kind}" for kind in ("service", "socket")),
            "usr/share/bash-completion/completions/ipfs_peer_exporter",
            "usr/share/zsh/vendor-completions/_ipfs_peer_exporter",
            "usr/share/fish/vendor_completions.d/ipfs_peer_exporter.fish",
            "usr/share/man/man1/ipfs_peer_exporter.1.gz", f"usr/share/lintian/overrides/{NAME}",
            *(f"usr/share/doc/{NAME}/{file}" for file in (
                "copyright", "README.Debian", "changelog.gz", "changelog.Debian.gz"))})

    def test_the_program(self):
        program = self.extracted() / "usr/bin/ipfs_peer_exporter"
        self.assertEqual(program.read_bytes(), program_of(self.arch).read_bytes())

    def test_the_checksums(self):
        control = self.temporary()
        run("dpkg-deb", "--control", str(self.deb), str(control))
        run("md5sum", "--check", "--quiet", str(control / "md5sums"), cwd=self.extracted())
        named = re.findall(r"^\w{32}  (.+)$", (control / "md5sums").read_text(), re.MULTILINE)
        self.assertEqual(set(named), {name for name, entry in self.entries.items()
                                      if entry.isfile() and not name.startswith("etc/")})

    def test_version_and_architecture(self):
        self.assertEqual(fields(self.deb)["Version"], f"{project_version()}-1")
        self.assertEqual(fields(self.deb)["Architecture"], self.arch)

    def test_the_same_program_gives_the_same_package(self):
        digests = {hashlib.sha256(build(self.temporary(), self.arch, program_of(self.arch),
                                        SOURCE_DATE_EPOCH="1700000000",
                                        TZ=zone).read_bytes()).hexdigest()
                   for zone in ("UTC", "Asia/Tokyo")}
        self.assertEqual(len(digests), 1)
        self.assertEqual({entry.mtime > 0 for entry in self.entries.values()}, {True})

    def test_a_missing_program_is_named(self):
        with self.assertRaisesRegex(AssertionError, "/nowhere is not there"):
            build(self.temporary(), self.arch, "/nowhere")


class Linked:
    """The tests of the package of one architecture with the static program."""

    def test_each_linked_library_has_its_notice_and_version(self):
        notices = {path.name for path in (self.extracted() / NOTICES).iterdir()}
        listed = re.findall(r"^Files: linked/(\S+)$", (DEB / "copyright").read_text(),
                            re.MULTILINE)
        self.assertEqual(sorted(notices), sorted(listed))
        components = [line.split("\t") for line in
                      STATICS[self.arch].with_name("components.tsv").read_text().splitlines()]
        self.assertLessEqual({name for name, *_ in components}, notices)
        self.assertEqual(fields(self.deb)["Static-Built-Using"],
                         ", ".join(f"{name} (= {version})" for name, version, origin, _
                                   in components if origin.startswith("debian")))

    @unittest.skipUnless(shutil.which("lintian"), "lintian is not installed: .ci/run does that")
    def test_lintian(self):
        done = subprocess.run(["lintian", "--allow-root", "--info", "--display-info",
                               "--fail-on=error,warning,info", self.deb],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env=clean_environment({"TMPDIR": str(self.temporary())}))
        self.assertEqual((done.returncode, done.stdout), (0, ""))


@needs_dpkg
class ContentTest(Content, PackageTest):
    pass


@needs_dpkg
@needs_static()
class LinkedTest(Linked, PackageTest):
    pass


@needs_dpkg
@needs_static("arm64")
class Arm64Test(Content, Linked, PackageTest):
    arch = "arm64"


@needs_dpkg
@needs_static("armhf")
class ArmhfTest(Content, Linked, PackageTest):
    arch = "armhf"


@needs_dpkg
class ConfigurationTest(PackageTest):
    """The files in /etc are valid, as they are and with their examples."""

    def check(self, folder):
        config = folder / "exporter.yml"
        config.write_text(config.read_text().replace(f"/etc/{NAME}", str(folder)))
        run(BINARY, f"--config.file={config}", "--check-config")
        return config.read_text()

    def installed(self):
        return self.extracted() / "etc" / NAME

    def test_as_it_is(self):
        text = self.check(self.installed())
        self.assertIn("web.listen-address: 127.0.0.1:10055", text)

    def test_the_examples(self):
        folder = self.installed()
        (folder / "credentials/ipfs").write_text("bearer:secret")
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x", "-keyout",
            "tls.key", "-out", "tls.crt", cwd=folder / "credentials")
        for name, count in (("exporter.yml", 6), ("web.yml", 5)):
            examples = EXAMPLE.findall((folder / name).read_text())
            self.assertEqual(len(examples), count, examples)
            settings = [line for line in (folder / name).read_text().splitlines()
                        if line.startswith("web.config.file:")]
            (folder / name).write_text("\n".join(examples + settings))
        text = self.check(folder)
        (folder / "exporter.yml").write_text(text.replace("ipfs.api", "ipfs.apy"))
        with self.assertRaisesRegex(AssertionError, "ipfs.apy"):
            self.check(folder)


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
class UnitTest(PackageTest):
    def units(self):
        """The units, with the program at a path where it exists."""
        folder = self.temporary()
        for kind in ("service", "socket"):
            text = (DEB / f"{NAME}.{kind}").read_text()
            (folder / f"{NAME}.{kind}").write_text(
                text.replace("/usr/bin/ipfs_peer_exporter", str(PROGRAM)))
        return folder

    def verify(self, folder):
        return run("systemd-analyze", "verify", "--man=no",
                   *(str(folder / f"{NAME}.{kind}") for kind in ("service", "socket")))

    def test_verify(self):
        folder = self.units()
        self.assertEqual(self.verify(folder), "")
        service = folder / f"{NAME}.service"
        service.write_text(service.read_text().replace("PrivateTmp", "PrivateTemp"))
        self.assertIn("PrivateTemp", self.verify(folder))

    def test_security(self):
        said = run("systemd-analyze", "security", "--offline=yes", "--no-pager",
                   str(DEB / f"{NAME}.service"))
        self.assertLessEqual(float(re.search(r"exposure level for .*: ([\d.]+)", said)[1]), 2.0)


if __name__ == "__main__":
    unittest.main()
