#!/usr/bin/env python3
"""No panel shows more than 50 series of 1,000 instances.

    python3 dashboards_many_test.py --setup machines --instances 5000 --minutes 60

asks the same of another set-up, of more instances or of a longer time.
"""

import argparse
import contextlib
import pathlib
import shutil
import sys
import tempfile
import time
import unittest

import dashboards
import dashboards_many
from dashboards_history import RULES, History
from dashboards_live import live
from dashboards_metrics import counters
from dashboards_setups import SETUPS

MOST = 50  # series in a panel
SECONDS = 60  # between two steps
ARGUMENTS = argparse.ArgumentParser(add_help=False)
ARGUMENTS.add_argument("--setup", default="ours", choices=SETUPS)
ARGUMENTS.add_argument("--instances", type=int, default=1000)
ARGUMENTS.add_argument("--minutes", type=int, default=2)
OPTIONS, REST = ARGUMENTS.parse_known_args()


def names():
    """The metrics that dashboards and rules ask for."""
    queries = [query for _, _, _, query in dashboards.targets()]
    queries += [query for _, query in dashboards.other_queries()]
    text = "\n".join(queries) + "".join(path.read_text() for path in RULES)
    return set(dashboards.WORD.findall(text))


def firing(setup, instances, step):
    """Alerts of a part of the instances, others at each step."""
    for instance in range(0, instances, dashboards_many.WRONG):
        labels = setup.peer_labels(instance, next(iter(setup.jobs)))
        yield labels, [("ALERTS", {"alertname": name, "alertstate": "firing",
                                   "severity": "warning"}, 1)
                       for name in dashboards.alert_names()
                       if (instance + step) % 3]


def history(stack):
    setup, count = SETUPS[OPTIONS.setup], OPTIONS.instances
    folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    with live() as running:
        pages = running.pages()
    kept, grow, nodes = names(), counters(), dashboards_many.nodes(count)
    now = dashboards.now()
    times = [now - SECONDS * number for number in range(OPTIONS.minutes, -1, -1)]

    def scrapes(step, when):
        peers = dashboards_many.instances(pages, grow, kept, count, step)
        yield from setup.scrapes(peers, nodes, when, times[0])
        yield from firing(setup, count, step)

    return History(stack, folder / "many", setup,
                   [(when, lambda step=step, when=when: scrapes(step, when))
                    for step, when in enumerate(times)], kept)


@unittest.skipUnless(shutil.which("prometheus") and shutil.which("promtool"),
                     "Prometheus is not installed")
class ManyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.history = history(cls.enterClassContext(contextlib.ExitStack()))

    def asked(self, query, instant):
        """The series of a query, and the seconds that it took."""
        began = time.monotonic()
        query = dashboards.substitute(query, __range=f"{OPTIONS.minutes}m",
                                      __interval=f"{SECONDS}s")
        found = ([labels for labels, _ in self.history.last(query)] if instant
                 else self.history.over_time(query))
        return len(found), time.monotonic() - began

    def test_every_panel_is_bounded(self):
        figures = []
        for uid, dashboard in dashboards.load().items():
            own = [self.of_panel(uid, panel) for _, panel in dashboards.panels(dashboard)
                   if panel.get("targets")]
            figures += [(uid, own)]
        self.show(figures)
        for uid, own in figures:
            for title, counts, _ in own:
                with self.subTest(f"{uid}: {title}"):
                    self.assertLessEqual(sum(counts), MOST)

    def of_panel(self, uid, panel):
        counts, slowest = [], 0.0
        for target in panel["targets"]:
            with self.subTest(f"{uid}: {panel['title']}: {target['refId']}"):
                count, seconds = self.asked(target["expr"], target["instant"])
                counts.append(count)
                slowest = max(slowest, seconds)
        return panel["title"], counts, slowest

    @staticmethod
    def show(figures):
        print(f"{OPTIONS.setup}: {OPTIONS.instances} instances, {OPTIONS.minutes} minutes")
        print(f"{'dashboard':20} queries  most series in a panel             slowest query")
        for uid, own in figures:
            most = max(own, key=lambda one: sum(one[1]))
            slow = max(own, key=lambda one: one[2])
            queries = sum(len(counts) for _, counts, _ in own)
            print(f"{uid:20} {queries:7}  {sum(most[1]):4} {most[0]:29} "
                  f"{slow[2] * 1000:6.0f} ms {slow[0]}")

    def test_annotations_are_bounded(self):
        for name, query in dashboards.other_queries():
            if "annotation" in name:
                with self.subTest(name):
                    self.assertLessEqual(self.asked(query, instant=False)[0], MOST)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
