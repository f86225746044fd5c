"""The commands of README and docs: each block is run here or by another test, or says why not.

A block of shell that COMMANDS does not name fails the test, until somebody decides.
"""

import collections
import os
import re
import shlex
import shutil
import subprocess
import unittest

from harness import BINARY, REPOSITORY, IntegrationTest, clean_environment

PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").glob("*.md")),
         *sorted((REPOSITORY / "packaging").rglob("*.md")),
         *sorted((REPOSITORY / "monitoring").rglob("*.md"))]
BLOCK = re.compile(r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

VERSION = re.search(r"^project\(\S+ VERSION (\S+)", (REPOSITORY / "CMakeLists.txt").read_text(),
                    re.MULTILINE)[1]

HERE = "run here"  # with stand-ins
# Run by this file, which has these words of the block.
By = collections.namedtuple("By", "test words")
Not = collections.namedtuple("Not", "because")

# (page, start of the block): its fate
COMMANDS = {
    ("CONTRIBUTING.md", "./check"): Not("these are the tests"),
    ("README.md", "packaging/static"): By("tests/integration/test_commands.py", "packaging/static"),
    ("README.md", "packaging/deb"): HERE,
    ("README.md", "docker build"): HERE,
    ("README.md", "./run"): Not("./run shows a demo until it is ended, ./check is the tests"),
    ("docs/grafana.md", "GRAFANA="): HERE,
    ("docs/grafana.md", "mkdir"): HERE,
    ("docs/kubernetes.md", "docker build"): HERE,
    ("docs/kubernetes.md", "kubectl apply"): HERE,
    ("docs/kubernetes.md", "password="): HERE,
    ("docs/kubernetes.md", "amtool"): HERE,
    ("docs/kubernetes.md", "kubectl -n peers create role"): HERE,
    ("docs/machines.md", "cd /etc/ipfs-peer-exporter"): HERE,
    ("docs/machines.md", "mkdir"): HERE,
    ("docs/operations.md", "htpasswd"): HERE,
    ("docs/operations.md", "(umask"): By(
        "tests/integration/test_docs.py", "--print-authorizations"),
    ("docs/operations.md", "packaging/static"): HERE,
    ("docs/packages.md", "packaging/static"): HERE,
    ("docs/packages.md", "adduser"): HERE,
    ("docs/packages.md", "install"): HERE,
    ("docs/scaling.md", "kubectl apply -k k8s/overlays/agent"): HERE,
    ("docs/scaling.md", "kubectl apply -k k8s/overlays/shards"): HERE,
    ("docs/scaling.md", "mkdir"): HERE,
    ("docs/scaling.md", "cd tests/bench"): Not("measurements of many minutes"),
    ("docs/packages.md", "sed"): By("tests/package/service_test.py", "sed "),
    ("packaging/static/README.md", "packaging/static"): By(
        ".ci/run", "packaging/static/build aarch64 unit_tests metrics_doc flags_doc"),
}

# The programs that a block finds: these themselves, and stand-ins for those that need a cluster or
# the network, write elsewhere or take long. The files that a stand-in is given must exist. Any
# other program is an error, and /etc and /var are the test's own: no block changes the machine.
REAL = ("cat", "chmod", "cp", "mkdir", "openssl", "sed", "tr")
STAND_INS = ("adduser", "amtool", "apt", "chgrp", "curl", "docker", "hostname", "htpasswd",
             "install", "ipfs_peer_exporter", "jq", "kind", "kubectl", "podman", "promtool",
             "systemctl", "useradd")
SCRIPTS = ("packaging/deb/build", "packaging/image/build", "packaging/static/build")

# Notes its name and arguments, each with a NUL behind it, and then a record separator.
STAND_IN = """\
#!/bin/sh
[ {name} != hostname ] || echo node.example
cat > /dev/null
printf '%s\\0' {name} "$@" >> "{folder}/called"
printf '\\036' >> "{folder}/called"
"""


def blocks():
    """[(page, text)] of all blocks of shell."""
    return [(str(path.relative_to(REPOSITORY)), text) for path in PAGES
            for text in BLOCK.findall(path.read_text())]


def fates(page, text):
    return [fate for (name, start), fate in COMMANDS.items()
            if name == page and text.lstrip().startswith(start)]


def given_files(program, arguments):
    """The files of this repository among the arguments."""
    if program == "jq":
        return arguments[-1:]
    return [value for option, value in zip(arguments, arguments[1:], strict=False)
            if option in ("-f", "-k")]


class CommandsTest(IntegrationTest):
    def test_each_block_has_one_fate(self):
        found = [(page, text, len(fates(page, text))) for page, text in blocks()]
        self.assertEqual([one for one in found if one[2] != 1], [])
        self.assertEqual(len(found), len(COMMANDS))

    def test_other_tests_have_the_words(self):
        for page, text in blocks():
            for fate in fates(page, text):
                if isinstance(fate, By):
                    self.assertIn(fate.words, text)
                    self.assertIn(fate.words, (REPOSITORY / fate.test).read_text())

    def test_blocks_run(self):
        for page, text in blocks():
            if fates(page, text) == [HERE]:
                with self.subTest(page=page, text=text):
                    self.check_runs(text)

    def check_runs(self, text):
        folder = self.repository()
        done = subprocess.run(
            [shutil.which("bash"), "-euo", "pipefail", "-c",
             re.sub(r"(?<![\w.])/(etc|var)/", rf"{folder}/\1/", text)], cwd=folder, text=True,
            capture_output=True, stdin=subprocess.DEVNULL,
            env={"PATH": f"{folder}/bin", "TOKEN": "token"})
        self.assertEqual(done.returncode, 0, done.stderr)
        called = folder / "called"
        calls = called.read_text().split("\036")[:-1] if called.exists() else []
        for name, *arguments in (call.split("\0")[:-1] for call in calls):
            for path in given_files(name, arguments):
                self.assertTrue((folder / path).exists(), path)

    def test_a_wrong_block_fails(self):
        for text in ("rm file", "kubectl apply -k k8s/none", "cp monitoring/none/*.yml /tmp/",
                     'echo "', "packaging/none/build"):
            with self.subTest(text), self.assertRaises(AssertionError):
                self.check_runs(text)

    def repository(self):
        """A folder that looks like this repository, in which a block can do no harm."""
        folder = self.temporary()
        for path in REPOSITORY.iterdir():
            if path.name != "packaging":
                (folder / path.name).symlink_to(path)
        for name in ("bin", "etc/ipfs-peer-exporter", "var"):
            (folder / name).mkdir(parents=True)
        for name in REAL:
            (folder / "bin" / name).symlink_to(shutil.which(name))
        for name in SCRIPTS:
            self.assertTrue(os.access(REPOSITORY / name, os.X_OK), name)
            (folder / name).parent.mkdir(parents=True)
        for path, name in (*((folder / "bin" / name, name) for name in STAND_INS),
                           *((folder / name, name) for name in SCRIPTS)):
            path.write_text(STAND_IN.format(folder=folder, name=name))
            path.chmod(0o755)
        return folder

    def test_the_first_three_commands(self):
        [text] = [text for page, text in blocks()
                  if page == "README.md" and text.startswith("packaging/static")]
        build, start, scrape = (shlex.split(line, comments=True) for line in text.splitlines())
        self.assertIn(" ".join(build), (REPOSITORY / ".ci" / "run").read_text())
        self.assertEqual(start, [f"build/static/{build[1]}/ipfs_peer_exporter", "&"])
        said = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True,
                              env=clean_environment()).stdout
        self.assertIn("127.0.0.1:10055", said)
        self.assertEqual(scrape, ["curl", "http://127.0.0.1:10055/metrics"])

        repository = self.temporary()
        (repository / "api").write_text(self.daemon().url)
        exporter = self.exporter(env={"IPFS_PATH": str(repository)})
        exporter.wait_poll("ipfs.health", result="ok")
        page = subprocess.run([*scrape[:1], scrape[1].replace("127.0.0.1:10055", exporter.address)],
                              capture_output=True, text=True, check=True).stdout
        self.assertIn("\nipfs_up 1\n", page)

    def test_the_version_is_this_one(self):
        pages = [*PAGES, *(REPOSITORY / "k8s").rglob("*.yaml")]
        found = {one for path in pages
                 for one in re.findall(r"ipfs-peer-exporter[:_]([\d.]+\d)", path.read_text())}
        self.assertEqual(found, {VERSION})


if __name__ == "__main__":
    unittest.main()
