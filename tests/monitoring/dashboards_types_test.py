#!/usr/bin/env python3
"""Each dashboard and the options of each panel match Grafana's own types."""

import json
import shutil
import subprocess
import unittest

import dashboards
from dashboards import REPOSITORY, panels

SOURCE = REPOSITORY / "tests" / "monitoring" / "dashboards-types"
KIT = REPOSITORY / "build" / "dashboards-types"
COMPILER = KIT / "node_modules" / "typescript" / "bin" / "tsc"


def constants(made):
    """TypeScript with a constant for each dashboard, and for the options of each panel."""
    yield 'import type { Custom, Options, Whole } from "./panels";'
    for uid, one in made.items():
        yield f"const {name(uid)}: Whole = {json.dumps(one)};"
        for _, panel in panels(one):
            of_panel = f"{name(uid)}_{panel['id']}"
            kind = json.dumps(panel["type"])
            yield f"const {of_panel}: Options[{kind}] = {json.dumps(panel['options'])};"
            if custom := panel["fieldConfig"]["defaults"].get("custom"):
                yield f"const {of_panel}_custom: Custom[{kind}] = {json.dumps(custom)};"


def name(uid):
    return uid.replace("-", "_")


@unittest.skipUnless((KIT / "installed-lock.json").exists() and shutil.which("node"),
                     "build/dashboards-types is not installed: ./check does that")
class TypesTest(unittest.TestCase):
    def compile(self, made):
        for file in ("panels.ts", "tsconfig.json"):
            shutil.copy(SOURCE / file, KIT)
        (KIT / "dashboards.ts").write_text("\n".join(constants(made)) + "\n")
        done = subprocess.run(["node", COMPILER, "--project", KIT], capture_output=True,
                              text=True, timeout=dashboards.PATIENCE)
        return done.stdout

    def test_the_dashboards(self):
        self.assertEqual(self.compile(dashboards.load()), "")

    def test_what_grafana_does_not_know_is_found(self):
        made = dashboards.load()
        found = [panel for one in made.values() for _, panel in panels(one)]
        stat = next(panel for panel in found if panel["type"] == "stat")
        stat["options"]["colourMode"] = "value"
        series = next(panel for panel in found if panel["type"] == "timeseries")
        series["fieldConfig"]["defaults"]["custom"]["drawStyle"] = "crayon"
        found[-1]["bogus"] = 1
        said = self.compile(made)
        for word in ("colourMode", "crayon", "bogus"):
            self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
