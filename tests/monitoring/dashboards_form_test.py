#!/usr/bin/env python3
"""The dashboards are as generated, and every panel has a description and valid queries.

The rules include the rules of Grafana's dashboard-linter, which is not a package of any registry
that this project uses.
"""

import collections
import itertools
import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import dashboards
from dashboards import FOLDER, REPOSITORY, panels, selectors, substitute
from dashboards_metrics import by_job

MIN_DESCRIPTION = 40
PARTS = ("**Source** ", "**Expected** ", "**What to do** ")
MAX_CONFIG_MAP = 240_000  # kubectl keeps a copy in an annotation of at most 262,144 bytes
VARIABLES = {"peer-metrics": ["datasource", "namespace", "pod"],
             "ipfs-metrics": ["datasource", "namespace", "pod"],
             "kubernetes-cluster": ["datasource", "node", "namespace", "pod"]}
RATES = ("rate", "irate")
GROWTH = (*RATES, "increase")
# Counters that are shown without rate, and why.
AS_THEY_ARE = {
    ("peer-metrics", "Training rounds"): "the panel shows the rounds since the start",
}
# A snapshot of the connected peers, so it may fall.
SNAPSHOT = "ipfs_swarm_peer_latency_seconds_bucket"
RULE = re.compile(r"^ *- alert: (\w+)\n((?: +.*\n|\n)*?)(?=^ *- (?:alert|record|name):|\Z)",
                  re.MULTILINE)
COMPARISON = re.compile(r"(<|>|==)\s*(-?[\d.]+)\b")


class FormTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dashboards = dashboards.load()
        units = REPOSITORY / "tests/monitoring/dashboards_units.txt"
        cls.units = set(units.read_text().split("\n\n", 1)[1].split())

    def each_panel(self):
        """(its name, panel) of every panel."""
        for uid, one in self.dashboards.items():
            for _, panel in panels(one):
                yield f"{uid}: {panel['title']}", panel

    def test_not_stale(self):
        done = subprocess.run([sys.executable, FOLDER / "generate.py", "--check"],
                              capture_output=True, text=True, timeout=dashboards.PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_there_are_three(self):
        self.assertEqual(set(self.dashboards), set(VARIABLES))
        for path in FOLDER.glob("*.json"):
            self.assertEqual(path.stem, json.loads(path.read_text())["uid"])

    def test_small_enough_for_kubectl(self):
        for path in FOLDER.glob("*.json"):
            self.assertLess(len(json.dumps(path.read_text())), MAX_CONFIG_MAP, path.name)

    def test_what_a_dashboard_has(self):
        for uid, one in self.dashboards.items():
            with self.subTest(uid):
                self.assertEqual(
                    (one["schemaVersion"], one["editable"], one["graphTooltip"]), (42, False, 1))
                self.assertEqual(one["tags"], ["ipfs-peers"])
                self.assertGreaterEqual(len(one["description"]), MIN_DESCRIPTION)
                self.assertEqual(len(one["annotations"]["list"]), 2)

    def test_variables(self):
        for uid, one in self.dashboards.items():
            first, *rest = one["templating"]["list"]
            self.assertEqual([first["name"], *(var["name"] for var in rest)], VARIABLES[uid])
            for var in rest:
                self.assertEqual((var["multi"], var["includeAll"], var["refresh"]),
                                 (True, True, 2), f"{uid}: {var['name']}")

    def test_every_variable_that_is_used_is_there(self):
        for uid, one in self.dashboards.items():
            used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(one)))
            self.assertLessEqual(used, set(VARIABLES[uid]), uid)

    def test_links_lead_to_the_others(self):
        for uid, one in self.dashboards.items():
            self.assertEqual({link["url"] for link in one["links"]},
                             {f"/d/{other}" for other in self.dashboards if other != uid})
            for link in one["links"]:
                self.assertTrue(link["includeVars"] and link["keepTime"], uid)
                self.assertEqual(link["title"],
                                 self.dashboards[link["url"].removeprefix("/d/")]["title"])

    def test_panels_explain_themselves(self):
        for name, panel in self.each_panel():
            with self.subTest(name):
                what, *parts = panel["description"].split("\n\n")
                self.assertGreaterEqual(len(panel["description"]), MIN_DESCRIPTION)
                self.assertTrue(panel["title"] and what)
                for part, start in itertools.zip_longest(parts[:3], PARTS, fillvalue=""):
                    self.assertTrue(part.startswith(start) and part != start.strip(), part)

    def test_descriptions_name_panels_that_exist(self):
        """In this dashboard, or in one that the description names too."""
        titles = {one["title"]: {panel["title"] for _, panel in panels(one)}
                  for one in self.dashboards.values()}
        for name, panel in self.each_panel():
            own = self.dashboards[name.split(":")[0]]["title"]
            prose = re.sub("`[^`]*`", "", panel["description"]).replace("**", "")
            named = set(re.findall(r"\*([^*]+)\*", prose))
            others = named & set(titles)
            there = set().union(*(titles[one] for one in {own, *others}))
            self.assertEqual(named - others - there, set(), name)

    def test_titles_and_ids_are_unique(self):
        for uid, one in self.dashboards.items():
            found = [panel for _, panel in panels(one)]
            for key in ("title", "id"):
                most = collections.Counter(panel[key] for panel in found).most_common(1)[0]
                self.assertEqual(most[1], 1, (uid, most))

    def test_units_are_grafanas(self):
        for name, panel in self.each_panel():
            defaults = panel["fieldConfig"]["defaults"]
            self.assertTrue(defaults["unit"] in self.units, f"{name}: {defaults['unit']}")
            self.assertTrue(defaults["noValue"], name)

    def test_places_do_not_overlap(self):
        for uid, one in self.dashboards.items():
            taken = {}
            for panel in [*(row for row in one["panels"] if row["type"] == "row"),
                          *(panel for _, panel in panels(one))]:
                place = panel["gridPos"]
                self.assertLessEqual(place["x"] + place["w"], 24)
                for x in range(place["x"], place["x"] + place["w"]):
                    for y in range(place["y"], place["y"] + place["h"]):
                        other = taken.setdefault((x, y), panel["title"])
                        self.assertEqual(other, panel["title"], uid)

    def test_sources_of_data_are_chosen(self):
        for name, panel in self.each_panel():
            for one in (panel, *panel["targets"]):
                self.assertEqual(one["datasource"]["uid"], "${datasource}", name)

    def test_every_selector_names_its_job(self):
        for name, _, _, query in dashboards.targets():
            with self.subTest(name):
                self.assertEqual(dashboards.bare_names(query), [])
                self.assertTrue(selectors(query))
                for one in selectors(query):
                    self.assertIsNotNone(one.job, one.metric)

    def test_rates_follow_the_resolution(self):
        for name, _, _, query in dashboards.targets():
            for one in selectors(query):
                if one.function in RATES:
                    self.assertEqual(one.range, "$__rate_interval", name)

    def test_counters_are_asked_for_their_growth(self):
        jobs = by_job()
        for name, _, panel, query in dashboards.targets():
            for one in selectors(query):
                counter = jobs[one.job].get(one.metric) == "counter"
                excepted = (name.split(":")[0], panel["title"]) in AS_THEY_ARE
                if counter and one.metric != SNAPSHOT and not excepted:
                    self.assertIn(one.function, GROWTH, (name, one.metric))
                else:
                    self.assertNotIn(one.function, GROWTH, (name, one.metric))

    def test_exceptions_are_needed(self):
        for uid, title in AS_THEY_ARE:
            titles = [panel["title"] for _, panel in panels(self.dashboards[uid])]
            self.assertIn(title, titles)


class ReadingTest(unittest.TestCase):
    """The parser of queries that these tests use."""

    def test_selectors_and_bare_names(self):
        query = ('sum by (pod) (rate(a_total{job="x",b="}"}[5m])) / on (pod) c'
                 ' or max_over_time(d{e="1"}[1h])')
        self.assertEqual(
            [(one.metric, one.job, one.range, one.function) for one in selectors(query)],
            [("a_total", "x", "5m", "rate"), ("d", None, "1h", "max_over_time")])
        self.assertEqual(dashboards.bare_names(query), ["c"])


class PromqlTest(unittest.TestCase):
    @unittest.skipUnless(shutil.which("promtool"), "promtool is not installed")
    def test_promtool_takes_every_query(self):
        asked = [(name, query) for name, _, _, query in dashboards.targets()]
        asked += dashboards.other_queries()
        rules = [{"record": f"query:{number}", "expr": substitute(query)}
                 for number, (_, query) in enumerate(asked)]
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"groups": [{"name": "dashboards", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run(["promtool", "check", "rules", file.name],
                                  capture_output=True, text=True, timeout=dashboards.PATIENCE)
        bad = [asked[int(number)] for number in re.findall(r'"query:(\d+)"', done.stderr)]
        self.assertEqual((done.returncode, bad), (0, []), done.stderr[:2000])


class AlertsTest(unittest.TestCase):
    """The colours change at the thresholds of the alerts."""

    def test_the_numbers_are_those_of_the_rules(self):
        sys.path.insert(0, str(FOLDER))
        from alerts import ALERTS
        files = sorted((REPOSITORY / "monitoring/rules").glob("*.yml"))
        if not files:
            self.skipTest("there are no rules")
        rules = {name: body for path in files for name, body in RULE.findall(path.read_text())}
        sign = {"below": ("<", "=="), "above": (">",), "at": ("==",)}
        for name, (severity, side, number) in ALERTS.items():
            with self.subTest(name):
                self.assertIn(name, rules)
                self.assertIn(f"severity: {severity}", rules[name])
                found = {(operator, float(value))
                         for operator, value in COMPARISON.findall(rules[name])}
                limit = number - 1 if (side, number) == ("below", 1) else number
                self.assertTrue({(operator, value) for operator in sign[side]
                                 for value in (float(number), float(limit))} & found, found)


if __name__ == "__main__":
    unittest.main()
