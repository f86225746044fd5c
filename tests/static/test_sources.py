"""The sources of the libraries are resolved only if each index could be read, security's too."""

import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
RESOLVE = """
. scripts/setup.sh
made=$1
. packaging/static/sources.sh
packages=(one)
write_source_list() { cat "$made/list"; }
resolve
"""
DIGEST = "0123456789abcdef" * 4
SOURCES = f"""\
Package: one
Binary: one
Version: 1.0-1
Directory: pool
Files:
 {DIGEST[:32]} 10 one_1.0-1.dsc
Checksums-Sha256:
 {DIGEST} 10 one_1.0-1.dsc
"""


@unittest.skipUnless(shutil.which("apt-get"), "apt-get is not installed")
class ResolveTest(unittest.TestCase):
    def setUp(self):
        self.made = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name, version in ("main", "1.0-1"), ("security", "1.0-1+deb12u1"):
            (self.made / name).mkdir()
            (self.made / name / "Sources").write_text(SOURCES.replace("1.0-1", version))

    def resolve(self, security):
        (self.made / "list").write_text(
            f"deb-src [trusted=yes] file:{self.made}/main ./\n"
            f"deb-src [trusted=yes] {security} ./\n")
        return subprocess.run(["bash", "-uc", RESOLVE, "resolve", self.made], cwd=REPOSITORY,
                              text=True, capture_output=True)

    def test_the_newest_version_of_all_indexes(self):
        done = self.resolve(f"file:{self.made}/security")
        self.assertEqual((done.returncode, done.stdout),
                         (0, f"one 1.0-1+deb12u1 one_1.0-1+deb12u1.dsc {DIGEST}\n"), done.stderr)

    def test_an_index_that_cannot_be_read_is_an_error(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))  # and nobody listens
            done = self.resolve(f"http://127.0.0.1:{silent.getsockname()[1]}")
        self.assertEqual((done.returncode != 0, done.stdout), (True, ""), done.stderr)


if __name__ == "__main__":
    unittest.main()
