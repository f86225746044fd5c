"""The static binaries in build/static: that they need nothing, and how they are hardened."""

import functools
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import unittest

from elf import DYNAMIC, EXECUTABLE, INTERPRETER, LOAD, RELRO, STACK, WRITABLE, Elf

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
BUILT = sorted((REPOSITORY / "build" / "static").glob("*/relink/relink"))
FOLDERS = [path.parent.parent for path in BUILT]

ET_DYN = 3
NEEDED, TEXTREL, FLAGS, FLAGS_1 = 1, 22, 30, 0x6FFFFFFB
BIND_NOW, NOW, PIE = 8, 1, 0x08000000
MACHINES = {"x86_64": 62, "aarch64": 183, "armv7": 40}
PAGE = {"x86_64": 1 << 12, "aarch64": 1 << 16, "armv7": 1 << 12}  # the largest of any kernel
# Libraries of which no function has an array on its stack.
WITHOUT_ARRAYS = {"libprometheus-cpp-core.a"}

OUT_OF_RANGE = """
#include <vector>
int main(int argc, char**) {
  std::vector<int> one(1);
  return one[static_cast<std::size_t>(argc)];
}
"""


def for_each(test):
    """Runs the test for each binary."""
    @functools.wraps(test)
    def run(self):
        for folder in FOLDERS:
            with self.subTest(folder.name):
                test(self, folder, Elf(folder / "ipfs_peer_exporter"))
    return run


@unittest.skipUnless(FOLDERS, "packaging/static/build was not run")
class BinaryTest(unittest.TestCase):
    @for_each
    def test_it_is_for_its_machine_and_needs_no_other_file(self, folder, elf):
        self.assertEqual(elf.machine, MACHINES[folder.name])
        self.assertEqual(elf.of_type(INTERPRETER), [])
        self.assertNotIn(NEEDED, elf.dynamic())

    @for_each
    def test_its_addresses_are_random(self, _, elf):
        self.assertEqual(elf.type, ET_DYN)
        self.assertTrue(elf.dynamic().get(FLAGS_1, 0) & PIE)
        self.assertNotIn(TEXTREL, elf.dynamic())

    @for_each
    def test_no_memory_is_writable_and_executable(self, _, elf):
        both = EXECUTABLE | WRITABLE
        self.assertEqual([s for s in elf.of_type(LOAD) if s.flags & both == both], [])
        self.assertEqual([s.flags & EXECUTABLE for s in elf.of_type(STACK)], [0])

    @for_each
    def test_tables_are_read_only_after_the_start(self, _, elf):
        (relro,) = elf.of_type(RELRO)
        (dynamic,) = elf.of_type(DYNAMIC)
        self.assertLessEqual(relro.address, dynamic.address)
        self.assertLess(dynamic.address, relro.address + relro.size)
        tags = elf.dynamic()
        self.assertTrue(tags.get(FLAGS, 0) & BIND_NOW or tags.get(FLAGS_1, 0) & NOW)

    @for_each
    def test_no_library_has_its_own_copy_of_another(self, folder, _):
        """GnuTLS brings libtasn1 and libunistring, without Debian's security patches."""
        members = subprocess.run(
            ["ar", "t", folder / "relink" / "libgnutls.a"], capture_output=True, text=True,
            check=True).stdout.split()
        self.assertGreater(len(members), 100)
        copies = {"decoding.o", "parser_aux.o", "u8-normalize.o", "u16-normalize.o"}
        self.assertEqual(copies.intersection(members), set())

    @for_each
    def test_it_loads_with_the_largest_pages(self, folder, elf):
        for segment in elf.of_type(LOAD):
            self.assertGreaterEqual(segment.alignment, PAGE[folder.name])

    @for_each
    def test_stacks_are_guarded_in_all_code(self, folder, _):
        for archive in (folder / "relink").glob("*.a"):
            if archive.name not in WITHOUT_ARRAYS:
                self.assertIn(b"__stack_chk_fail", archive.read_bytes(), archive.name)

    @for_each
    def test_it_tells_nothing_of_the_machine_that_built_it(self, _, elf):
        self.assertNotIn(os.fsencode(REPOSITORY), elf.bytes)

    @for_each
    def test_every_library_has_a_version_and_a_licence(self, folder, _):
        rows = [line.split("\t")
                for line in (folder / "components.tsv").read_text().splitlines()]
        self.assertGreater(len(rows), 10)
        for name, version, _, digest in rows:
            self.assertRegex(version, r"^\d+\.")
            self.assertRegex(digest, "^[0-9a-f]{64}$")
            self.assertTrue((folder / "licenses" / name).stat().st_size, name)

    def native(self):
        """The folder of this machine's architecture, and the compiler's environment."""
        folder = REPOSITORY / "build" / "static" / os.uname().machine
        if folder not in FOLDERS:
            self.skipTest("not built for this machine")
        cache = str(folder.parent / "zig-cache")
        return folder, os.environ | {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}

    def test_an_index_out_of_range_ends_it(self):
        folder, environment = self.native()
        commands = json.loads((folder / "cmake" / "compile_commands.json").read_text())
        (main,) = (row for row in commands if row["file"].endswith("exporter/main.cc"))
        flags = re.sub(r" -o .*", "", main["command"])
        with tempfile.TemporaryDirectory() as name:
            source = pathlib.Path(name, "main.cc")
            source.write_text(OUT_OF_RANGE)
            program = source.with_suffix("")
            subprocess.run([*shlex.split(flags), "-o", program, source], check=True,
                           env=environment, cwd=folder / "cmake")
            code = subprocess.run([program], check=False).returncode
        self.assertIn(-code, (signal.SIGILL, signal.SIGTRAP))

    def test_it_can_be_linked_again(self):
        folder, environment = self.native()
        program = folder / "relink" / "ipfs_peer_exporter"
        program.unlink(missing_ok=True)
        zig = folder.parent / "zig" / "ziglang" / "zig"
        subprocess.run([folder / "relink" / "relink"], check=True,
                       env=environment | {"ZIG": str(zig)})
        self.addCleanup(program.unlink)
        self.assertEqual(program.read_bytes(), (folder / "ipfs_peer_exporter").read_bytes())


if __name__ == "__main__":
    unittest.main()
