"""The commands of README and docs: each block is run here or by another test, or says why not.

A block of shell that COMMANDS does not name fails the test, until somebody decides.
"""

import collections
import os
import re
import shlex
import subprocess
import unittest

from harness import BINARY, REPOSITORY, IntegrationTest, clean_environment

PAGES = [*sorted(REPOSITORY.glob("*.md")), *sorted((REPOSITORY / "docs").glob("*.md")),
         *sorted((REPOSITORY / "packaging").rglob("*.md")),
         *sorted((REPOSITORY / "monitoring").rglob("*.md"))]
BLOCK = re.compile(r"^ *```(?:sh|bash|shell|console)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)

VERSION = re.search(r"^project\(\S+ VERSION (\S+)", (REPOSITORY / "CMakeLists.txt").read_text(),
                    re.MULTILINE)[1]

# Run here, but for these programs: they need a cluster or the network, write elsewhere or take
# long. The files that they are given must exist.
Here = collections.namedtuple("Here", "replaced")
# Run by this file, which has these words of the block.
By = collections.namedtuple("By", "test words")
Not = collections.namedtuple("Not", "because")

# (page, start of the block): its fate
COMMANDS = {
    ("CONTRIBUTING.md", "./check"): Not("these are the tests"),
    ("README.md", "packaging/static"): By("tests/integration/test_commands.py", "packaging/static"),
    ("README.md", "packaging/deb"): Here("packaging/deb/build apt"),
    ("README.md", "docker build"): Here("docker"),
    ("README.md", "./run"): Not("./run shows a demo until it is ended, ./check is the tests"),
    ("docs/grafana.md", "for file"): Here("jq curl"),
    ("docs/grafana.md", "mkdir"): Here("mkdir cp"),
    ("docs/kubernetes.md", "docker build"): Here("docker kind kubectl"),
    ("docs/kubernetes.md", "kubectl apply"): Here("kubectl"),
    ("docs/kubernetes.md", "password="): Here("kubectl htpasswd"),
    ("docs/kubernetes.md", "amtool"): Here("amtool kubectl"),
    ("docs/kubernetes.md", "kubectl -n peers create role"): Here("kubectl"),
    ("docs/machines.md", "openssl"): Here("hostname"),
    ("docs/machines.md", "cp"): Here("cp promtool"),
    ("docs/operations.md", "htpasswd"): Here("htpasswd"),
    ("docs/operations.md", "(umask"): By(
        "tests/integration/test_docs.py", "--print-authorizations"),
    ("docs/operations.md", "packaging/static"): Here(
        "packaging/static/build packaging/image/build podman"),
    ("docs/packages.md", "packaging/static"): Here(
        "packaging/static/build packaging/deb/build apt"),
    ("docs/packages.md", "adduser"): Here("adduser systemctl"),
    ("docs/packages.md", "install"): Here("install"),
    ("docs/packages.md", "sed"): By("tests/package/service_test.py", "sed "),
}

# Notes its name and arguments, each with a NUL behind it, and then a record separator.
STAND_IN = """\
#!/bin/sh
[ "$0" = "{folder}/bin/hostname" ] && echo node.example
cat > /dev/null
printf '%s\\0' "{name}" "$@" >> "{folder}/called"
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
    if program == "cp":
        return arguments[:-1]
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
            for fate in fates(page, text):
                if isinstance(fate, Here):
                    with self.subTest(page=page, text=text):
                        self.check_runs(text, fate.replaced.split())

    def check_runs(self, text, replaced):
        folder = self.temporary()
        for path in REPOSITORY.iterdir():
            (folder / path.name).symlink_to(path)
        (folder / "bin").mkdir()
        for name in replaced:
            self.stand_in(folder, name)
        environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "GRAFANA": "http://grafana"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text], cwd=folder, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, env=clean_environment(environment))
        self.assertEqual(done.returncode, 0, done.stderr)
        calls = [call.split("\0")[:-1] for call in
                 (folder / "called").read_text().split("\036")[:-1]]
        self.assertEqual({name for name, *_ in calls}, set(replaced))
        for name, *arguments in calls:
            for path in given_files(name, arguments):
                self.assertTrue((folder / path).exists(), path)

    def stand_in(self, folder, name):
        """Replaces a program of the system, or one of this repository."""
        path = folder / "bin" / name
        if "/" in name:
            self.assertTrue(os.access(REPOSITORY / name, os.X_OK), name)
            path, top = folder / name, folder / name.partition("/")[0]
            if top.is_symlink():
                top.unlink()
            path.parent.mkdir(parents=True)
        path.write_text(STAND_IN.format(folder=folder, name=name))
        path.chmod(0o755)

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
