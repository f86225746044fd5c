#!/usr/bin/env python3
"""Writes prometheusrules.yaml: the files of monitoring/rules as objects of the Prometheus Operator.

    python3 render.py           after a rule was changed
    python3 render.py --check   fails if the file is stale
"""

import pathlib
import sys
import textwrap

FOLDER = pathlib.Path(__file__).resolve().parent
RULES = FOLDER.parent.parent.parent / "monitoring" / "rules"
# About our own Prometheus; who has the Operator has rules about theirs.
LEFT_OUT = {"prometheus"}
OBJECT = """\
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: ipfs-peers-{name}
  labels:
    app.kubernetes.io/part-of: ipfs-peers
spec:
{rules}"""


def render():
    yield "# Made by render.py from monitoring/rules.\n"
    for path in sorted(RULES.glob("*.yml")):
        if path.stem not in LEFT_OUT:
            yield OBJECT.format(name=path.stem, rules=textwrap.indent(path.read_text(), "  "))


def main():
    path, text = FOLDER / "prometheusrules.yaml", "".join(render())
    if "--check" not in sys.argv:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        sys.exit(f"{path.name} is stale; run {FOLDER.name}/{pathlib.Path(__file__).name}")


if __name__ == "__main__":
    main()
