#!/usr/bin/env python3
"""Writes the dashboards for Grafana: one JSON file for each table in this folder.

    python3 generate.py           after a table was changed
    python3 generate.py --check   fails and names the files that are stale
"""

import pathlib
import sys

import exporter_health
import fleet_overview
import ipfs_metrics
import kubernetes_cluster
import peer_metrics
from board import dashboard, write

TABLES = (fleet_overview, ipfs_metrics, peer_metrics, kubernetes_cluster, exporter_health)
FOLDER = pathlib.Path(__file__).parent


def generate():
    """Yields (name, text) of each file."""
    for one in TABLES:
        others = {table.UID: (table.TITLE, table.VARIABLES) for table in TABLES if table is not one}
        yield f"{one.UID}.json", write(dashboard(
            one.UID, one.TITLE, one.ABOUT, one.ROWS, one.VARIABLES, one.ANNOTATIONS, others))


def main():
    stale = []
    for name, text in generate():
        path = FOLDER / name
        if not path.exists() or path.read_text() != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text)
    if "--check" in sys.argv and stale:
        sys.exit(f"stale: {', '.join(stale)}; run {FOLDER.name}/{pathlib.Path(__file__).name}")


if __name__ == "__main__":
    main()
