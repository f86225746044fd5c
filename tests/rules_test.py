#!/usr/bin/env python3
"""The rules of the code base that no compiler checks.

adapters/ is pure: translators of bytes without input, output, threads, a clock or anything of
exporter/. The translators of the daemon and of the peer do not include each other. A collector is
one file, one line of the table, one test and one module with its expected series, and nothing in
exporter/ knows one by name, except ipfs.health, which determines whether the daemon is up. The
rooms of exporter/ include each other in one direction, so that polling and serving share only the
store. No two files include each other, even indirectly.
"""

import pathlib
import re
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent

# Pure headers of the standard library. Extend the list on purpose only.
STANDARD = set("""
    algorithm array bit cctype cerrno charconv chrono cmath compare concepts cstddef cstdint
    cstdlib cstring deque functional initializer_list iterator limits map memory
    memory_resource new numeric optional set span string string_view tuple type_traits
    unordered_map unordered_set utility variant vector
""".split())
FOLDERS = ("adapters/", "rapidjson/", "prometheus/")
# Impure names that need no header of their own.
IMPURE = re.compile(r"::now\(|\bgetenv\(|\bstd::(?:cout|cerr|thread|mutex|rand|system)\b|"
                    r"\b(?:fopen|printf|time|rand|getpid)\s*\(|\bthread_local\b")

# What each room of exporter/ may include; files outside the rooms may include all rooms.
ROOMS = {
    "base": set(),
    "net": {"base"},
    "config": {"net", "base"},
    "store": {"base"},
    "poll": {"config", "net", "store", "base"},
    "serve": {"config", "net", "store", "base"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
ROW = re.compile(r"^COLLECTOR\((\w+)\)", re.MULTILINE)


def sources(root, folder):
    """Each C++ file below the folder with its text without comments."""
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in (".cc", ".h"):
            yield path.relative_to(root).as_posix(), COMMENT.sub("", path.read_text())


def impurities(root):
    """Forbidden includes and calls in adapters/."""
    for name, text in sources(root, "adapters"):
        for header in INCLUDE.findall(text):
            if header not in STANDARD and not header.startswith(FOLDERS):
                yield f"{name} includes {header}"
        for call in IMPURE.findall(text):
            yield f"{name} uses {call}"


def strangers(root):
    """Includes between the translators of the two neighbours."""
    for own, other in (("ipfs", "peer"), ("peer", "ipfs")):
        for name, text in sources(root, f"adapters/{own}"):
            for header in INCLUDE.findall(text):
                if header.startswith(f"adapters/{other}/"):
                    yield f"{name} includes {header}"


def collectors(root):
    """The names in the table of collectors."""
    return ROW.findall((root / "adapters/ipfs/collectors.inc").read_text())


def missing_files(root):
    """Required files of collectors that do not exist."""
    for name in collectors(root):
        for path in (f"adapters/ipfs/collectors/{name}.cc",
                     f"tests/adapters/ipfs/collectors/{name}_test.cc",
                     f"tests/integration/collectors/{name}.py"):
            if not (root / path).exists():
                yield path


def unlisted_collectors(root):
    """Files that define a collector that is not in the table."""
    for name, text in sources(root, "adapters/ipfs"):
        for defined in re.findall(r"\bCollector (\w+)_collector\b\s*[{=]", text):
            if defined not in collectors(root):
                yield f"{name}: {defined}"


def favourites(root):
    """Places where exporter/ names a collector.

    In serve/ only full names count, because "identity" is also a word of HTTP.
    """
    names = "|".join(name for name in collectors(root) if name != "health")
    full = rf'\b(?:{names})_collector\b|"ipfs\.(?:{names})"'
    for name, text in sources(root, "exporter"):
        named = full if room_of(name) == "serve" else rf'{full}|"(?:{names})"'
        for found in re.findall(named, text):
            yield f"{name} names {found}"


def room_of(name):
    """The room of exporter/ that a file is in; None outside the rooms."""
    parts = name.split("/")
    return parts[1] if parts[0] == "exporter" and len(parts) > 2 else None


def trespasses(root):
    """Forbidden includes between rooms of exporter/."""
    for name, text in sources(root, "exporter"):
        room = room_of(name)
        if room is None:
            continue
        for header in INCLUDE.findall(text):
            if header.startswith("exporter/") and room_of(header) not in {room, *ROOMS[room]}:
                yield f"{name} includes {header}"


def circles(root):
    """Include cycles, with a header and its source taken as one file."""
    includes = {}
    for folder in ("adapters", "exporter"):
        for name, text in sources(root, folder):
            own = name.rpartition(".")[0]
            includes.setdefault(own, set()).update(
                header.rpartition(".")[0] for header in INCLUDE.findall(text)
                if header.endswith(".h") and header.rpartition(".")[0] != own)
    done = set()

    def walk(name, path):
        if name in path:
            yield " -> ".join(path[path.index(name):] + [name])
        elif name not in done:
            for other in sorted(includes.get(name, ())):
                yield from walk(other, path + [name])
            done.add(name)

    for name in sorted(includes):
        yield from walk(name, [])


class RulesTest(unittest.TestCase):
    def test_adapters_are_pure(self):
        self.assertEqual(list(impurities(REPOSITORY)), [])

    def test_ipfs_and_peer_do_not_include_each_other(self):
        self.assertEqual(list(strangers(REPOSITORY)), [])

    def test_there_is_a_table(self):
        self.assertIn("health", collectors(REPOSITORY))

    def test_each_collector_has_its_file_and_its_tests(self):
        self.assertEqual(list(missing_files(REPOSITORY)), [])

    def test_each_collector_is_in_the_table(self):
        self.assertEqual(list(unlisted_collectors(REPOSITORY)), [])

    def test_rooms_include_in_one_direction(self):
        self.assertEqual(list(trespasses(REPOSITORY)), [])
        for name in (path.name for path in (REPOSITORY / "exporter").iterdir() if path.is_dir()):
            self.assertIn(name, ROOMS)

    def test_no_circles(self):
        self.assertEqual(list(circles(REPOSITORY)), [])

    def test_exporter_has_no_favourite(self):
        self.assertEqual(list(favourites(REPOSITORY)), [])


class PlantedTest(unittest.TestCase):
    """Each rule finds a planted violation."""

    def setUp(self):
        self.root = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.plant("adapters/ipfs/collectors.inc", "COLLECTOR(health)\nCOLLECTOR(swarm)\n")
        for name in ("health", "swarm"):
            self.plant(f"adapters/ipfs/collectors/{name}.cc",
                       f"const Collector {name}_collector{{}};")
            self.plant(f"tests/adapters/ipfs/collectors/{name}_test.cc", "")
            self.plant(f"tests/integration/collectors/{name}.py", "")
        self.plant("exporter/good.cc", '#include <thread>\nHealth("ipfs.health");  // "swarm"')

    def plant(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def test_nothing_is_found_where_nothing_is_wrong(self):
        self.plant("adapters/good.cc", '#include <rapidjson/reader.h>\n#include "adapters/a.h"\n'
                                       "// std::thread, clock::now()\n")
        self.plant("exporter/poll/good.cc", '#include "exporter/store/a.h"\n')
        self.plant("adapters/peer/good.cc", '#include "adapters/a.h"\n#include "adapters/peer/b.h"')
        for rule in (impurities, strangers, missing_files, unlisted_collectors, favourites,
                     trespasses, circles):
            self.assertEqual(list(rule(self.root)), [], rule.__name__)

    def test_impure_adapters(self):
        for line in ("#include <thread>", "#include <fstream>", "#include <sys/socket.h>",
                     "#include <curl/curl.h>", '#include "exporter/base/log.h"',
                     "auto t = std::chrono::steady_clock::now();", 'getenv("HOME");',
                     'std::system("date");', "thread_local int n;"):
            with self.subTest(line):
                self.plant("adapters/deep/bad.h", line)
                self.assertEqual(len(list(impurities(self.root))), 1)

    def test_translators_that_know_each_other(self):
        self.plant("adapters/peer/bad.cc", '#include "adapters/ipfs/collector.h"')
        self.plant("adapters/ipfs/collectors/swarm.cc", '#include "adapters/peer/names.h"')
        self.assertEqual(len(list(strangers(self.root))), 2)

    def test_a_collector_without_a_test(self):
        tests = ["tests/adapters/ipfs/collectors/swarm_test.cc",
                 "tests/integration/collectors/swarm.py"]
        for test in tests:
            (self.root / test).unlink()
        self.assertEqual(list(missing_files(self.root)), tests)

    def test_a_collector_that_is_not_in_the_table(self):
        self.plant("adapters/ipfs/extra.cc", "constinit const Collector extra_collector{1};")
        self.assertEqual(list(unlisted_collectors(self.root)), ["adapters/ipfs/extra.cc: extra"])

    def test_a_room_that_includes_another(self):
        for room, header in (("poll", "serve/pages"), ("serve", "poll/schedule"),
                             ("store", "net/address"), ("base", "net/address"), ("net", "main")):
            with self.subTest(room):
                self.plant(f"exporter/{room}/bad.cc", f'#include "exporter/{header}.h"')
                self.assertEqual(len(list(trespasses(self.root))), 1)
                (self.root / f"exporter/{room}/bad.cc").unlink()

    def test_a_circle(self):
        self.plant("adapters/a.h", '#include "adapters/b.h"')
        self.plant("adapters/b.cc", '#include "adapters/b.h"\n#include "adapters/c.h"')
        self.plant("adapters/c.h", '#include "adapters/a.h"')
        self.assertEqual(list(circles(self.root)),
                         ["adapters/a -> adapters/b -> adapters/c -> adapters/a"])

    def test_a_favourite(self):
        for line in ('if (name == "swarm") {}', 'Find("ipfs.swarm");', "Poll(swarm_collector);"):
            with self.subTest(line):
                self.plant("exporter/bad.cc", line)
                self.assertEqual(len(list(favourites(self.root))), 1)

    def test_a_favourite_of_serve(self):
        self.plant("exporter/serve/good.cc", 'Weight(header, "swarm");')
        self.assertEqual(list(favourites(self.root)), [])
        self.plant("exporter/serve/bad.cc", 'Find("ipfs.swarm");')
        self.assertEqual(len(list(favourites(self.root))), 1)


if __name__ == "__main__":
    unittest.main()
