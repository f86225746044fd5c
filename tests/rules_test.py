#!/usr/bin/env python3
"""The rules of the code base that no compiler holds.

adapters/ is pure: translators of bytes without input, output, threads, a clock or anything of
exporter/. A collector is one file, one line of the table and one test, and nothing in exporter/
knows one by name, except ipfs.health, which says whether the daemon is up.
"""

import pathlib
import re
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

# Pure headers of the standard library; what may be included grows here, on purpose.
STANDARD = set("""
    algorithm array bit cctype cerrno charconv chrono cmath compare concepts cstddef cstdint
    cstdlib cstring deque functional initializer_list iterator limits map memory new numeric
    optional set span string string_view tuple type_traits unordered_map unordered_set utility
    variant vector
""".split())
FOLDERS = ("adapters/", "rapidjson/", "prometheus/")
# What needs no header of its own to reach the world.
IMPURE = re.compile(r"::now\(|\bgetenv\(|\bstd::(?:cout|cerr|thread|mutex|rand|system)\b|"
                    r"\b(?:fopen|printf|time|rand|getpid)\s*\(|\bthread_local\b")

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
ROW = re.compile(r"^COLLECTOR\((\w+)\)", re.MULTILINE)


def sources(root, folder):
    """Each C++ file below the folder with its text, comments taken out."""
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in (".cc", ".h"):
            yield path.relative_to(root).as_posix(), COMMENT.sub("", path.read_text())


def impurities(root):
    """What adapters/ includes or calls and may not."""
    for name, text in sources(root, "adapters"):
        for header in INCLUDE.findall(text):
            if header not in STANDARD and not header.startswith(FOLDERS):
                yield f"{name} includes {header}"
        for call in IMPURE.findall(text):
            yield f"{name} uses {call}"


def collectors(root):
    """The names in the table of collectors."""
    return ROW.findall((root / "adapters/ipfs/collectors.inc").read_text())


def missing_files(root):
    """What each collector has to have and one does not."""
    for name in collectors(root):
        for path in (f"adapters/ipfs/{name}.cc", f"tests/adapters/ipfs/{name}_test.cc"):
            if not (root / path).exists():
                yield path


def unlisted_collectors(root):
    """Files that define a collector that is not in the table."""
    for name, text in sources(root, "adapters/ipfs"):
        for defined in re.findall(r"\bCollector (\w+)_collector\b\s*[{=]", text):
            if defined not in collectors(root):
                yield f"{name}: {defined}"


def favourites(root):
    """Where exporter/ names a single collector."""
    names = "|".join(name for name in collectors(root) if name != "health")
    named = re.compile(rf'\b(?:{names})_collector\b|"(?:ipfs\.)?(?:{names})"')
    for name, text in sources(root, "exporter"):
        for found in named.findall(text):
            yield f"{name} names {found}"


class RulesTest(unittest.TestCase):
    def test_adapters_are_pure(self):
        self.assertEqual(list(impurities(REPOSITORY)), [])

    def test_there_is_a_table(self):
        self.assertIn("health", collectors(REPOSITORY))

    def test_each_collector_has_its_file_and_its_test(self):
        self.assertEqual(list(missing_files(REPOSITORY)), [])

    def test_each_collector_is_in_the_table(self):
        self.assertEqual(list(unlisted_collectors(REPOSITORY)), [])

    def test_exporter_has_no_favourite(self):
        self.assertEqual(list(favourites(REPOSITORY)), [])


class PlantedTest(unittest.TestCase):
    """Each rule finds what is planted against it."""

    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.plant("adapters/ipfs/collectors.inc", "COLLECTOR(health)\nCOLLECTOR(swarm)\n")
        for name in ("health", "swarm"):
            self.plant(f"adapters/ipfs/{name}.cc", f"const Collector {name}_collector{{}};")
            self.plant(f"tests/adapters/ipfs/{name}_test.cc", "")
        self.plant("exporter/good.cc", '#include <thread>\nHealth("ipfs.health");  // "swarm"')

    def plant(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def test_nothing_is_found_where_nothing_is_wrong(self):
        self.plant("adapters/good.cc", '#include <rapidjson/reader.h>\n#include "adapters/a.h"\n'
                                       "// std::thread, clock::now()\n")
        for rule in (impurities, missing_files, unlisted_collectors, favourites):
            self.assertEqual(list(rule(self.root)), [], rule.__name__)

    def test_impure_adapters(self):
        for line in ("#include <thread>", "#include <fstream>", "#include <sys/socket.h>",
                     "#include <curl/curl.h>", '#include "exporter/log.h"',
                     "auto t = std::chrono::steady_clock::now();", 'getenv("HOME");',
                     'std::system("date");', "thread_local int n;"):
            with self.subTest(line):
                self.plant("adapters/deep/bad.h", line)
                self.assertEqual(len(list(impurities(self.root))), 1)

    def test_a_collector_without_a_test(self):
        (self.root / "tests/adapters/ipfs/swarm_test.cc").unlink()
        self.assertEqual(list(missing_files(self.root)), ["tests/adapters/ipfs/swarm_test.cc"])

    def test_a_collector_that_is_not_in_the_table(self):
        self.plant("adapters/ipfs/extra.cc", "constinit const Collector extra_collector{1};")
        self.assertEqual(list(unlisted_collectors(self.root)), ["adapters/ipfs/extra.cc: extra"])

    def test_a_favourite(self):
        for line in ('if (name == "swarm") {}', 'Find("ipfs.swarm");', "Poll(swarm_collector);"):
            with self.subTest(line):
                self.plant("exporter/bad.cc", line)
                self.assertEqual(len(list(favourites(self.root))), 1)


if __name__ == "__main__":
    unittest.main()
