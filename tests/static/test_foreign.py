"""The static binaries of other architectures, in an emulator: a page has the same bytes on each.

build/static/ARCH/cmake has their unit and integration tests, which .ci/run runs with SLOW=2.
"""

import re
import shutil
import subprocess
import unittest

from rooted import BINARY
from test_binary import FOLDERS
from harness import PATIENCE, PATIENT, FakeDaemon, IntegrationTest, clean_environment
from catalogue import TABLE as COLLECTORS
from cells import calls_of, flags
from patience import SLOW
from recorded_pages import DOCUMENTS, RECORDINGS
from test_peer_table import TABLE as ERRORS

# The processor in the name of the emulator.
PROCESSORS = {"x86_64": "x86_64", "aarch64": "aarch64", "armv7": "arm"}
OWN = BINARY.parent.name
# The series that differ on one machine too: times, the process, and the revision and the compiler.
CHANGING = re.compile(
    "(process_|ipfs_peer_exporter_("
    "build_info|config_last_reload_success_timestamp_seconds|"
    "collector_(duration_seconds|poll_seconds_total|last_success_timestamp_seconds)))")

FLAGS = list(flags(COLLECTORS, **dict.fromkeys(COLLECTORS, "1h")))  # one poll, however slow


def emulator(architecture):
    name = f"qemu-{PROCESSORS[architecture]}"
    return shutil.which(f"{name}-static") or shutil.which(name)


def missing(architecture):
    """Why this architecture cannot be tried here; empty if it can."""
    if SLOW < 2:
        return "slow: runs with SLOW=2"
    for name in (OWN, architecture):
        if name not in {folder.name for folder in FOLDERS}:
            return f"packaging/static/build {name} was not run"
    return "" if emulator(architecture) else "qemu-user-static is not installed: .ci/run does that"


class Foreign:
    """The tests of one architecture."""
    architecture = ""

    def pages(self, *arguments):
        """What --once prints on this machine and in the emulator, without what changes."""
        program = BINARY.parent.with_name(self.architecture) / BINARY.name
        for command in [BINARY], [emulator(self.architecture), program]:
            done = subprocess.run(
                [*command, "--once", *arguments], env=clean_environment(PATIENT), text=True,
                capture_output=True, timeout=2 * PATIENCE, check=False)
            self.assertIn("\nipfs_peer_exporter_build_info{", done.stdout, done.stderr)
            yield [line for line in done.stdout.splitlines() if not CHANGING.match(line)]

    def check_same(self, *arguments):
        ours, foreign = self.pages(*arguments)
        self.assertEqual(ours, foreign)
        return "\n".join(ours)

    def test_each_recorded_daemon(self):
        for name in RECORDINGS:
            with self.subTest(name), FakeDaemon(calls_of(name)) as fake:
                page = self.check_same(f"--ipfs.api={fake.url}", *FLAGS)
                self.assertRegex(page, r"\nipfs_up [01]\n")

    def test_each_document_of_a_peer(self):
        said = [b""]
        peer = self.stats_socket(lambda connection, _: connection.sendall(said[0]))
        rows = {name: row[0] for name, row in ERRORS.items()} | DOCUMENTS
        for name, document in rows.items():
            said[0] = document if isinstance(document, bytes) else document.encode()
            with self.subTest(name):
                self.assertIn("\npeer_up 1\n", self.check_same(
                    "--ipfs.api=none", f"--peer.stats={peer.address}"))


@unittest.skipIf(missing("aarch64"), missing("aarch64"))
class Aarch64Test(Foreign, IntegrationTest):
    architecture = "aarch64"


@unittest.skipIf(missing("armv7"), missing("armv7"))
class Armv7Test(Foreign, IntegrationTest):
    architecture = "armv7"


if __name__ == "__main__":
    unittest.main()
