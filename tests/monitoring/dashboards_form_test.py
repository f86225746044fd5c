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
from dashboards_metrics import poll_seconds, types

MIN_DESCRIPTION = 40
PARTS = ("**Source** ", "**Expected** ", "**What to do** ")
MAX_CONFIG_MAP = 240_000  # kubectl keeps a copy in an annotation of at most 262,144 bytes
OF_EXPORTERS = ["datasource", "cluster", "job", "instance"]
VARIABLES = {**dict.fromkeys(("fleet-overview", "peer-metrics", "ipfs-metrics",
                              "exporter-health"), OF_EXPORTERS),
             "kubernetes-cluster": ["datasource", "cluster", "node", "namespace", "pod"]}
RATES = ("rate", "irate")
GROWTH = (*RATES, "increase")
# A snapshot of the connected peers, so it may fall.
SNAPSHOT = "ipfs_swarm_peer_latency_seconds"


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

    def test_there_are_five(self):
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
                self.assertTrue(one["annotations"]["list"])

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
            there = {}
            for link in one["links"]:
                other, asked = re.fullmatch(r"/d/(.*)\?(.*)", link["url"]).groups()
                there[other] = (link["title"], asked)
                shared = [var for var in VARIABLES[uid] if var in VARIABLES[other]]
                shared = [var for var in shared if var != "job"]  # may differ
                self.assertEqual(asked.split("&"), [f"${{{var}:queryparam}}" for var in shared])
                self.assertEqual((link["includeVars"], link["keepTime"]), (False, True), uid)
            self.assertEqual({other: title for other, (title, _) in there.items()},
                             {other: made["title"] for other, made in self.dashboards.items()
                              if other != uid})

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

    def test_every_selector_asks_for_what_is_chosen(self):
        """In a job of any name, and in the chosen cluster if there are several."""
        for name, _, _, query in dashboards.targets():
            with self.subTest(name):
                self.assertEqual(dashboards.bare_names(query), [])
                self.assertTrue(selectors(query))
                for one in selectors(query):
                    self.assertEqual(one.matchers.get("cluster"), '"$cluster"', one.metric)
                    self.assertIn(one.matchers.get("job"), (None, '"$job"'), one.metric)
                    self.assertTrue({"instance", "job", "pod", "node"} & set(one.matchers)
                                    or '=~"Prometheus' in query, one.metric)

    def test_rates_follow_the_resolution(self):
        for name, _, _, query in dashboards.targets():
            for one in selectors(query):
                if one.function in RATES:
                    self.assertEqual(one.range, "$__rate_interval", name)

    def test_counters_are_asked_for_their_growth(self):
        kinds = types()
        for name, _, _, query in dashboards.targets():
            for one in selectors(query):
                counter = kinds.get(one.metric) == "counter"
                if counter and not one.metric.startswith(SNAPSHOT):
                    self.assertIn(one.function, GROWTH, (name, one.metric))
                else:
                    self.assertNotIn(one.function, GROWTH, (name, one.metric))

    def test_a_window_holds_two_polls_of_a_slow_collector(self):
        """$__rate_interval follows the step of the panel and the scrapes, not the polls."""
        slow = {name: polls for name, polls in poll_seconds().items() if polls >= 30}
        for name, _, panel, query in dashboards.targets():
            for one in selectors(query):
                if one.metric in slow and one.range == "$__rate_interval":
                    minutes = re.fullmatch(r"(\d+)m", panel.get("interval", "0m"))
                    self.assertGreaterEqual(60 * int(minutes[1]), 4 * slow[one.metric],
                                            (name, one.metric))

    def test_the_choice_of_instances_is_made_once(self):
        """topk of a query over time chooses anew at each step, and shows all that were chosen."""
        for name, _, panel, query in dashboards.targets():
            for start in (found.end() for found in re.finditer(r"\b(?:top|bottom)k\(", query)):
                chosen = argument(query, start)
                once = not panel["targets"][0]["range"] or "@ end()" in chosen
                self.assertTrue(once, f"{name}: {chosen}")


def argument(query, start):
    """What is in the parentheses that open before this place."""
    depth, end = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(query[end], 0)
        end += 1
    return query[start:end - 1]


class ReadingTest(unittest.TestCase):
    """The parser of queries that these tests use."""

    def test_selectors_and_bare_names(self):
        query = ('sum by (pod) (rate(a_total{job="x",b="}"}[5m])) / on (pod) c'
                 ' or max_over_time(d{e="1"}[1h])')
        self.assertEqual(
            [(one.metric, one.matchers, one.range, one.function) for one in selectors(query)],
            [("a_total", {"job": '"x"', "b": '"}"'}, "5m", "rate"),
             ("d", {"e": '"1"'}, "1h", "max_over_time")])
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


if __name__ == "__main__":
    unittest.main()
