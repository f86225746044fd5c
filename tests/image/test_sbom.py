"""The SBOM that packaging/image/sbom.py makes of tables of components."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from built import REPOSITORY, VERSION

TOOL = REPOSITORY / "packaging" / "image" / "sbom.py"
VALIDATOR = REPOSITORY / "build" / "sbom-tools"
EPOCH = 1700000000
DIGEST = "0123456789abcdef" * 4
TABLE = (f"zlib\t1:1.2.13.dfsg+x-1~deb12u1\tdebian/bookworm\t{DIGEST}\n",
         f"musl\t1.2.5\tpypi/ziglang/0.15.2\t{DIGEST}\n")


def bill(*tables, epoch=EPOCH):
    """The SBOM of tables of components."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [pathlib.Path(folder, str(number)) for number in range(len(tables))]
        for path, table in zip(paths, tables, strict=True):
            path.write_text(table)
        return json.loads(subprocess.run(
            [sys.executable, TOOL, *paths], env={"SOURCE_DATE_EPOCH": str(epoch)},
            capture_output=True, check=True).stdout)


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
        self.assertNotIn("timestamp", bill(*TABLE, epoch=0)["metadata"])
        [dependency] = made["dependencies"]
        self.assertEqual(dependency["ref"], made["metadata"]["component"]["bom-ref"])
        self.assertEqual(dependency["dependsOn"], [one["bom-ref"] for one in made["components"]])

    def test_a_library_of_unknown_licence_is_an_error(self):
        with self.assertRaises(subprocess.CalledProcessError) as raised:
            bill(TABLE[0].replace("zlib", "newlib"))
        self.assertIn("newlib", raised.exception.stderr.decode())


def schema_error(text):
    """What CycloneDX' own schema says against an SBOM; None if it takes it."""
    sys.path.append(str(VALIDATOR))
    try:
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator
        return JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    finally:
        sys.path.remove(str(VALIDATOR))


@unittest.skipUnless(VALIDATOR.exists(), "build/sbom-tools is not there: .ci/run makes it")
class SchemaTest(unittest.TestCase):
    def test_it_takes_the_sbom(self):
        self.assertIsNone(schema_error(json.dumps(bill(*TABLE))))

    def test_it_refuses_a_wrong_one(self):
        made = bill(TABLE[0].replace(DIGEST, "no digest"))
        self.assertIsNotNone(schema_error(json.dumps(made)))


if __name__ == "__main__":
    unittest.main()
