#!/usr/bin/env python3
"""Every query of every dashboard gets data from a real Prometheus, in each set-up.

The pages are those of real exporters; the daemons are recorded, the peers learn, and the pages of
the kubelet and of kube-state-metrics are made up.
"""

import contextlib
import functools
import math
import pathlib
import shutil
import tempfile
import unittest

import dashboards
import dashboards_kubelet
from dashboards_history import History
from dashboards_live import live
from dashboards_setups import SETUPS, node_name

GROWTH = (0, 50, 100)  # percent, one after the other
AGO = (420, 60, 0)  # seconds; what is lost after the first is not found in the last 5 minutes
# The second exporter reads two peers; the third is lost after the first step, like a node.
PEERS = (("stats",), ("left", "right"), ("stats",))
TROUBLE = ("peers", "peer-1", "peer")
# They only narrow what is asked for.
OF_EVERY_SCRAPE = {"up", "scrape_duration_seconds", "ipfs_up"}
# uid and title of a tile: what it shows of that, in one cluster with kubelets and without.
LOST = {("fleet-overview", "Exporters down"): (1, 1),
        ("fleet-overview", "Daemons down"): (1, 1),
        ("fleet-overview", "Daemons up"): (2 / 3, 2 / 3),
        ("fleet-overview", "Peers without stats"): (1, 1),
        ("ipfs-metrics", "Daemons down"): (1, 1),
        ("exporter-health", "Exporters down"): (1, 1),
        ("exporter-health", "Exporters up"): (2 / 3, 2 / 3),
        ("peer-metrics", "Exporters down"): (1, 1),
        ("peer-metrics", "Peers that answer"): (3 / 4, 3 / 4),
        ("peer-metrics", "Peers without stats"): (0, 0),
        ("kubernetes-cluster", "Nodes down"): (1, 0),
        ("kubernetes-cluster", "Restarted, last hour"): (1, 0)}
NONE_FAILS = "exporter-health: Failing now: A"  # empty while every collector gets everything
FIRING = [("ALERTS", {"alertname": name, "alertstate": "firing", "severity": "warning"}, 1)
          for name in dashboards.alert_names()]


def nodes(lost):
    pods = dashboards_kubelet.peers(["peer-0", "peer-1"]) | dashboards_kubelet.MONITORING
    return [dashboards_kubelet.Node(node_name(0), pods, TROUBLE),
            dashboards_kubelet.Node("node-lost", {}, lost=lost)]


def scrapes(setup, peers, when, start):
    """All scrapes of a set-up, and one that stands in for the evaluation of the alerts."""
    lost = when > start
    there = [*peers[:-1], None if lost else peers[-1]]
    yield from setup.scrapes(there, nodes(lost), when, start)
    yield setup.peer_labels(0, next(iter(setup.jobs))), FIRING


def restarted(pages, times):
    """The pages of an exporter that restarted that often, like its daemon."""
    changes = {"ipfs_daemon_restarts_total": lambda _: times,
               "process_start_time_seconds": lambda value: value + times}
    return {path: [(name, labels, changes.get(name, float)(value))
                   for name, labels, value in samples] for path, samples in pages.items()}


def names_of(query):
    return {one.metric for one in dashboards.selectors(query)} | set(dashboards.bare_names(query))


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"),
                     "Prometheus is not installed")
class DataTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = cls.enterClassContext(contextlib.ExitStack())
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        now = dashboards.now()
        times = [now - seconds for seconds in AGO]
        with live(peers=PEERS) as running:
            taken = []
            for percent in GROWTH:
                running.grow(percent)
                taken.append([restarted(pages, len(taken)) for pages in running.pages()])
        cls.histories = {
            name: History(stack, folder / name, setup, [
                (when, functools.partial(scrapes, setup, peers, when, times[0]))
                for when, peers in zip(times, taken, strict=True)])
            for name, setup in SETUPS.items()}
        cls.there = {name: history.names() for name, history in cls.histories.items()}

    def each(self, queries):
        """(set-up, its history, name, query with .* for each variable) of these queries."""
        for setup, history in self.histories.items():
            for name, query in queries:
                yield setup, history, name, dashboards.substitute(query)

    def may_be_empty(self, setup, query):
        """Whether all that a query asks for is on pages that this set-up does not have."""
        return not (names_of(query) - OF_EVERY_SCRAPE) & self.there[setup]

    def test_every_query_has_data(self):
        queries = [(name, query) for name, _, _, query in dashboards.targets()]
        for setup, history, name, query in self.each(queries):
            with self.subTest(f"{setup}: {name}"):
                found = [value for _, value in history.last(query)]
                if not self.may_be_empty(setup, query) and name != NONE_FAILS:
                    self.assertTrue(found, query)
                    self.assertFalse(all(map(math.isnan, found)), f"only NaN: {query}")

    def test_no_panel_is_empty_in_every_setup(self):
        """A single query may be: some metrics are of older daemons."""
        every = set().union(*self.there.values())
        for uid, panel in self.panels():
            asked = set().union(*(names_of(target["expr"]) for target in panel["targets"]))
            self.assertTrue(asked & every, f"{uid}: {panel['title']}")

    def test_every_panel_has_data_with_our_manifests(self):
        """No agent but the kubelet is needed."""
        for setup in ("ours", "two clusters"):
            for uid, panel in self.panels():
                if NONE_FAILS.startswith(f"{uid}: {panel['title']}"):
                    continue
                with self.subTest(f"{setup}: {uid}: {panel['title']}"):
                    self.assertTrue(any(
                        self.histories[setup].last(dashboards.substitute(target["expr"]))
                        for target in panel["targets"]))

    def test_every_variable_has_values(self):
        queries = [one for one in dashboards.other_queries() if "variable" in one[0]]
        for setup, history, name, query in self.each(queries):
            label = name.rsplit(" ", 1)[1]
            with self.subTest(f"{setup}: {name}"):
                values = {labels.get(label) for labels, _ in history.last(query)} - {None}
                expected = label != "cluster" or SETUPS[setup].clusters != ("",)
                if expected and not self.may_be_empty(setup, query):
                    self.assertTrue(values, query)

    def test_annotations_are_understood(self):
        """Those about containers stay empty where no kubelet is scraped."""
        queries = [one for one in dashboards.other_queries() if "annotation" in one[0]]
        for setup, history, name, query in self.each(queries):
            with self.subTest(f"{setup}: {name}"):
                found = history.over_time(query)
                if not self.may_be_empty(setup, query):
                    self.assertTrue(found, query)

    def test_lines_of_a_panel_differ_in_their_legend(self):
        """Nothing is shown twice, and two clusters or jobs are told apart."""
        for setup, history in self.histories.items():
            for uid, panel in self.panels():
                if panel["type"] in ("table", "heatmap"):
                    continue
                legends = []
                for target in panel["targets"]:
                    found = history.last(dashboards.substitute(target["expr"]))
                    legends += [dashboards.legend(target["legendFormat"], labels)
                                for labels, _ in found]
                with self.subTest(f"{setup}: {uid}: {panel['title']}"):
                    self.assertEqual(sorted(set(legends)), sorted(legends))

    @staticmethod
    def panels():
        for uid, dashboard in dashboards.load().items():
            for _, panel in dashboards.panels(dashboard):
                if panel.get("targets"):
                    yield uid, panel

    def test_a_node_has_the_traffic_of_its_card(self):
        """Virtual interfaces would count it again."""
        received = 'container_network_receive_bytes_total{id="/",interface="eth0"}'
        card = f"sum by (node) (rate({received}[4m]))"
        for setup in ("ours", "kube-prometheus"):
            for name, _, _, query in dashboards.targets():
                if name == "kubernetes-cluster: Network by node: A":
                    ((_, shown),) = self.histories[setup].last(dashboards.substitute(query))
                    ((_, expected),) = self.histories[setup].last(card)
                    self.assertAlmostEqual(shown, expected, msg=name)

    def test_what_is_lost_is_counted(self):
        for setup, history in self.histories.items():
            clusters = len(SETUPS[setup].clusters)
            for uid, panel in self.panels():
                if (uid, panel["title"]) in LOST:
                    shown = history.last(dashboards.substitute(panel["targets"][0]["expr"]))
                    expected = LOST[uid, panel["title"]][not SETUPS[setup].kubelet]
                    times = 1 if panel["type"] == "gauge" else clusters
                    with self.subTest(f"{setup}: {uid}: {panel['title']}"):
                        self.assertEqual([value for _, value in shown], [expected * times])

    def test_what_is_lost_keeps_its_line(self):
        """The instances of a panel are chosen at the end, also those that were lost before."""
        for setup, history in self.histories.items():
            for name, _, _, query in dashboards.targets():
                if name == "ipfs-metrics: Connected peers: A":
                    with self.subTest(setup):
                        found = history.over_time(dashboards.substitute(query))
                        self.assertEqual(len(found), len(PEERS) * len(SETUPS[setup].clusters))

    def test_one_of_two_clusters_is_chosen(self):
        """A panel asked for one cluster shows nothing of the other."""
        history = self.histories["two clusters"]
        for name, _, _, query in dashboards.targets():
            with self.subTest(name):
                found = history.last(dashboards.substitute(query, cluster="east"))
                self.assertLessEqual({labels.get("cluster", "east") for labels, _ in found},
                                     {"east"})
                both = history.last(dashboards.substitute(query))
                self.assertTrue(found or not both, query)


if __name__ == "__main__":
    unittest.main()
