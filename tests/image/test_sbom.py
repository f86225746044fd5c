"""The SBOM of the image lists what was linked into the program, and nothing else."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from built import PLATFORMS, REPOSITORY, STATIC, VERSION, architectures

TOOL = REPOSITORY / "packaging" / "image" / "sbom.py"
VALIDATOR = REPOSITORY / "build" / "sbom-tools"
IMAGE = REPOSITORY / "build" / "image"
EPOCH = 1700000000
DIGEST = "0123456789abcdef" * 4
TABLE = (f"zlib\t1:1.2.13.dfsg+x-1~deb12u1\tdebian/bookworm\t{DIGEST}\n",
         f"musl\t1.2.5\tpypi/ziglang/0.15.2\t{DIGEST}\n")


def bill(*tables):
    """The SBOM of tables of components."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, str(number)) for number in range(len(tables))]
        for path, table in zip(paths, tables, strict=True):
            path.write_text(table)
        return json.loads(subprocess.run(
            [sys.executable, TOOL, *paths], env={"SOURCE_DATE_EPOCH": str(EPOCH)},
            capture_output=True, check=True).stdout)


def read_table(path):
    """{(name, version, SHA-256)} of a table of components."""
    return {(name, version, digest) for name, version, _, digest in
            (line.split("\t") for line in path.read_text().splitlines())}


def listed(made):
    return {(one["name"], one["version"], one["hashes"][0]["content"])
            for one in made["components"]}


class SbomTest(unittest.TestCase):
    def test_a_line_is_a_component(self):
        musl, zlib = bill(*TABLE)["components"]
        self.assertEqual(zlib["version"], "1:1.2.13.dfsg+x-1~deb12u1")
        self.assertEqual(zlib["purl"], "pkg:deb/debian/zlib@1%3A1.2.13.dfsg%2Bx-1~deb12u1"
                                       "?arch=source&distro=bookworm")
        self.assertEqual(zlib["hashes"], [{"alg": "SHA-256", "content": DIGEST}])
        self.assertEqual(zlib["licenses"], [{"expression": "Zlib"}])
        self.assertEqual(musl["purl"], "pkg:pypi/ziglang@0.15.2#musl")

    def test_the_program_depends_on_each_component(self):
        made = bill(*TABLE)
        self.assertEqual(made["metadata"]["component"]["version"], VERSION)
        self.assertEqual(made["metadata"]["timestamp"], "2023-11-14T22:13:20+00:00")
        [dependency] = made["dependencies"]
        self.assertEqual(dependency["ref"], made["metadata"]["component"]["bom-ref"])
        self.assertEqual(dependency["dependsOn"], [one["bom-ref"] for one in made["components"]])

    def test_a_library_of_unknown_licence_is_an_error(self):
        with self.assertRaises(subprocess.CalledProcessError) as raised:
            bill(TABLE[0].replace("zlib", "newlib"))
        self.assertIn("newlib", raised.exception.stderr.decode())


@unittest.skipUnless(VALIDATOR.exists(), "build/sbom-tools is not there: .ci/run makes it")
class SchemaTest(unittest.TestCase):
    """CycloneDX' own schema."""

    def setUp(self):
        sys.path.append(str(VALIDATOR))
        self.addCleanup(sys.path.remove, str(VALIDATOR))
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        self.validator = JsonStrictValidator(SchemaVersion.V1_5)

    def test_it_takes_the_sbom(self):
        self.assertIsNone(self.validator.validate_str(json.dumps(bill(*TABLE))))

    def test_it_refuses_a_wrong_one(self):
        made = bill(TABLE[0].replace(DIGEST, "no digest"))
        self.assertIsNotNone(self.validator.validate_str(json.dumps(made)))

    def test_it_takes_the_sbom_of_each_image(self):
        for path in sboms().values():
            with self.subTest(path):
                self.assertIsNone(self.validator.validate_str(path.read_text()))


def sboms():
    """The SBOMs in build/image by architecture."""
    found = {name: IMAGE / PLATFORMS[name] / "usr/share/sbom/ipfs_peer_exporter.cdx.json"
             for name in architectures()}
    return {name: path for name, path in found.items() if path.exists()}


@unittest.skipUnless(sboms(), "packaging/static/build or packaging/image/root was not run")
class ImageSbomTest(unittest.TestCase):
    def test_it_lists_exactly_the_pinned_libraries(self):
        lock = {(name, version, digest) for name, version, file, digest in
                (line.split() for line in (STATIC / "sources.lock").read_text().splitlines())
                if file.endswith(".dsc") and name != "doctest"}  # for tests only
        for name, path in sboms().items():
            with self.subTest(name):
                found = listed(json.loads(path.read_text()))
                pinned = read_table(STATIC / name / "components.tsv")
                certificates = read_table(IMAGE / "certificates" / "components.tsv")
                self.assertEqual(found, pinned | certificates)
                self.assertEqual({one for one in found if one[0] not in
                                  ("musl", "libcxx", "ca-certificates")}, lock)


if __name__ == "__main__":
    unittest.main()
