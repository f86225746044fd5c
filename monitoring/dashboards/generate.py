#!/usr/bin/env python3
"""Writes the dashboards for Grafana: a JSON file for each table, and README's table of alerts.

    python3 generate.py           after a table was changed
    python3 generate.py --check   fails and names the files that are stale
"""

import pathlib
import re
import sys

import exporter_health
import fleet_overview
import ipfs_metrics
import kubernetes_cluster
import peer_metrics
from alerts import ALERTS
from board import dashboard, write

TABLES = (fleet_overview, ipfs_metrics, peer_metrics, kubernetes_cluster, exporter_health)
FOLDER = pathlib.Path(__file__).parent


MARKS = re.compile(r"(<!-- made by generate.py -->\n).*?(<!-- end -->)", re.DOTALL)


def panels_of_alerts():
    """A table of the panels that show each alert; a panel is linked to its alerts."""
    shown = {name: {} for name in sorted(ALERTS)}
    for table in TABLES:
        for panel in (panel for row in table.ROWS.values() for panel in row):
            for name in {name for link in panel.get("links", ())
                         for name in re.findall(r"search=(\w+)", link["url"])}:
                shown[name].setdefault(table.TITLE, []).append(f"*{panel['title']}*")
    lines = ["| {} | {} |\n".format(name, "; ".join(
        f"{title}: {', '.join(panels)}" for title, panels in found.items()))
        for name, found in shown.items()]
    return "| alert | panels |\n|---|---|\n" + "".join(lines)


def generate():
    """Yields (name, text) of each file."""
    readme = (FOLDER / "README.md").read_text()
    yield "README.md", MARKS.sub(lambda found: found[1] + panels_of_alerts() + found[2], readme)
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
