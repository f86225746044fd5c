"""Prints the SBOM of the image as CycloneDX JSON, from tables of its components.

Each line of a table is: name, version, origin and SHA-256 of a Debian package (of a source package,
its .dsc) or of the wheel that it comes from, as packaging/static/build writes them.
"""

import datetime
import json
import os
import pathlib
import re
import sys
import urllib.parse

SOURCE = "https://github.com/ipfs-peer-exporter/ipfs_peer_exporter"
# SPDX expressions of the parts that are in the image. A library without a line is an error.
LICENCES = {
    "ca-certificates": "MPL-2.0",
    "cli11": "BSD-3-Clause",
    "curl": "curl",
    "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "gnutls28": "LGPL-2.1-or-later",
    "libcxx": "Apache-2.0 WITH LLVM-exception",
    "libmicrohttpd": "LGPL-2.1-or-later",
    "libtasn1-6": "LGPL-2.1-or-later",
    "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "musl": "MIT",
    "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "prometheus-cpp": "MIT",
    "rapidjson": "MIT",
    "yaml-cpp": "MIT",
    "zlib": "Zlib",
}


def component(line):
    name, version, origin, digest = line.split("\t")
    kind, _, rest = origin.partition("/")
    if kind == "debian":
        quoted = urllib.parse.quote(version, safe="~")
        architecture = "all" if name == "ca-certificates" else "source"
        reference = f"pkg:deb/debian/{name}@{quoted}?arch={architecture}&distro={rest}"
    else:
        reference = f"pkg:{kind}/{rest.replace('/', '@')}#{name}"
    return {
        "type": "data" if name == "ca-certificates" else "library",
        "bom-ref": reference, "name": name, "version": version,
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": [{"expression": LICENCES[name]}], "purl": reference}


def bill(lines, version, time):
    own = f"ipfs_peer_exporter@{version}"
    components = sorted(map(component, lines), key=lambda one: one["name"])
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            **({"timestamp": time} if time else {}),
            "component": {
                "type": "application", "bom-ref": own, "name": "ipfs_peer_exporter",
                "version": version, "licenses": [{"expression": "Apache-2.0"}],
                "externalReferences": [{"type": "vcs", "url": SOURCE}]}},
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [one["bom-ref"] for one in components]}]}


def main():
    lines = [line for path in sys.argv[1:] for line in pathlib.Path(path).read_text().splitlines()]
    project = pathlib.Path(__file__).resolve().parents[2] / "CMakeLists.txt"
    version = re.search(r"^project\(\S+ VERSION (\S+)", project.read_text(), re.MULTILINE)[1]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 0)  # 0: unknown, left out
    time = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).isoformat()
    print(json.dumps(bill(lines, version, epoch and time), indent=1))


if __name__ == "__main__":
    main()
