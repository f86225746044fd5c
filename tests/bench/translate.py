#!/usr/bin/env python3
"""What does the translation of 10,000 connections cost? Exit code 1 if a target is missed.

    python3 translate.py

swarm/peers?identify=true, 9 MB: translated by the collector ipfs.agents, only parsed in place by
RapidJSON, and read into structs by Go's encoding/json.
"""

import os
import subprocess
import sys
import tempfile

import bench  # noqa: F401
from harness import REPOSITORY
from large_node import swarm_peers

CONNECTIONS = 10_000
MAX_OF_RAPIDJSON = 3
MIN_FASTER_THAN_GO = 2
TRANSLATE = os.environ.get(
    "TRANSLATE", str(REPOSITORY / "build/release/tests/bench/bench_translate"))


def milliseconds(*command):
    """The "NAME TIME" lines that a program prints."""
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: float(time) for name, time in map(str.split, output.splitlines())}


def main():
    with tempfile.TemporaryDirectory() as folder:
        reply, go = f"{folder}/reply.json", f"{folder}/encoding_json"
        with open(reply, "wb") as file:
            file.writelines(swarm_peers(CONNECTIONS, True))
        subprocess.run(["go", "build", "-o", go, "."], check=True,
                       cwd=REPOSITORY / "tests/bench/encoding_json")
        size = os.path.getsize(reply)
        times = milliseconds(TRANSLATE, reply) | milliseconds(go, reply)
    print("| 10,000 connections | CPU, ms | MB/s |\n|---|--:|--:|")
    for name, time in times.items():
        print(f"| {name} | {time:.1f} | {size / time / 1000:.0f} |")
    of_rapidjson = times["Translate"] / times["BareSax"]
    than_go = times["EncodingJson"] / times["Translate"]
    print(f"\n{of_rapidjson:.2f} × RapidJSON (aim ≤ {MAX_OF_RAPIDJSON}), "
          f"{than_go:.2f} × faster than encoding/json (aim ≥ {MIN_FASTER_THAN_GO})")
    return of_rapidjson > MAX_OF_RAPIDJSON or than_go < MIN_FASTER_THAN_GO


if __name__ == "__main__":
    sys.exit(main())
