#!/usr/bin/env python3
"""Prometheus and VictoriaMetrics fire the same alerts in the same lives, and answer dashboards.

    SLOW=2 python3 engines_test.py [--only REGEX] [--show]

Each life is a cluster of its own, and all of them are in one run: Prometheus, VictoriaMetrics with
the rules as they are, and with the rules as docs/scaling.md makes them for vmalert.
"""

import argparse
import collections
import contextlib
import re
import sys
import tempfile
import time
import unittest

import dashboards
import engines
from flavours import FLAVOURS
from lives_kit import cases, labelled, lives, world
from patience import SLOW

FLAVOUR = "ours"
LONGEST = 250  # minutes
NEAR = 5  # minutes that an alert may begin or end earlier or later
ASKED_AT = 55  # the minute at which the dashboards ask, before the shortest lives end
ARGUMENTS = argparse.ArgumentParser(add_help=False)
ARGUMENTS.add_argument("--only", default="")
ARGUMENTS.add_argument("--show", action="store_true")
OPTIONS, REST = ARGUMENTS.parse_known_args()

# What differs where the rules are not made for vmalert: (alert, life).
UNTRANSLATED = {
    ("ContainerOOMKilled", "a container uses almost all of its memory"),  # is not killed
    ("ContainerRestarting", "a container loops, two minutes up and four down"),  # 12 min earlier
    ("ContainerRestarting",
     "a daemon in a pod crashes again and again, two minutes up and four down"),
    ("ContainerRestarting",
     "an exporter in a pod crashes again and again, two minutes up and four down"),
    ("PeerExchangeFailing", "a peer without IPFS metrics of its own"),  # 25 min later
}
# Queries of dashboards that give VictoriaMetrics more series: docs/scaling.md.
MORE = {
    # For changes(), a new container has restarted once.
    "kubernetes-cluster: Container restarts, last hour: A",
    "kubernetes-cluster: Pods with problems: A",
    "kubernetes-cluster: annotation Container restarts",
    # increase() takes the last sample before the range along, also from before a gap.
    "ipfs-metrics: annotation Daemon restarts",
    # One sample is enough for increase() and deriv().
    "peer-metrics: Training rounds, last 30 minutes: A",
    "ipfs-metrics: Time until the volume is full: A"}
# How many a panel shows; of equal ones, an engine may take any.
LIMIT = re.compile(r"\b(top|bottom)k\(\s*\d+")


def chosen():
    """Lives in which something fires, with a sample a minute."""
    return [name for name, flavour in cases()
            if flavour == FLAVOUR and re.search(OPTIONS.only, name)
            and lives()[name].get("fires") and lives()[name].get("step", 1) == 1
            and lives()[name]["minutes"] <= LONGEST]


def series():
    """[(labels, values)] of all lives; the label `cluster` is the life."""
    for name in chosen():
        made = world(name)
        for metric, labels, values in labelled(made, FLAVOURS[FLAVOUR]):
            every = {**labels, "__name__": metric, "cluster": name}
            values = [None if gap else value for gap, value in zip(made.gap, values)]
            yield tuple(sorted((key, str(text)) for key, text in every.items() if text)), values


def minutes():
    every = list(series())
    for minute in range(max(len(values) for _, values in every)):
        yield [(labels, values[minute]) for labels, values in every
               if minute < len(values) and values[minute] is not None]


def near(one, other):
    """Whether two lists of minutes begin and end at about the same time."""
    return bool(one and other) and all(abs(one[end] - other[end]) <= NEAR for end in (0, -1))


@unittest.skipUnless(SLOW > 1, "slow: runs with SLOW=2")
@unittest.skipUnless(engines.PROMETHEUS.exists() and engines.VICTORIA.exists(),
                     "no Prometheus 3 or no VictoriaMetrics: see install_victoriametrics")
class EnginesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        stack = cls.enterClassContext(contextlib.ExitStack())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        every = [engines.prometheus(stack, folder), engines.victoria(stack, folder, "shipped"),
                 engines.victoria(stack, folder, "for vmalert", engines.for_vmalert)]
        # {(alert, labels): [minutes in which it fires]} of each engine
        cls.fired = [collections.defaultdict(list) for _ in every]
        cls.recorded = collections.Counter()  # rules with other labels than Prometheus
        cls.asked = {}
        start = int(time.time()) // 86400 * 86400 - 86400
        for minute, results in engines.run(every, minutes(), start):
            cls.note(minute, results)
            if minute == ASKED_AT:
                cls.asked = cls.ask(every[0], every[1], start, start + 60 * minute)

    @classmethod
    def note(cls, minute, results):
        for rule in engines.rules():
            if "record" in rule:
                one, _, other = (result[rule["record"]] for result in results)
                cls.recorded[rule["record"]] += set(one) != set(other)
                continue
            for fired, result in zip(cls.fired, results, strict=True):
                for labels in result[rule["alert"]]:
                    fired[rule["alert"], labels].append(minute)

    @staticmethod
    def ask(one, other, start, end):
        """{query of a dashboard: the labels of its series in both}"""
        queries = [(name, expr) for name, _, _, expr in dashboards.targets()]
        found = {}
        for name, expr in [*queries, *dashboards.other_queries()]:
            text = LIMIT.sub(r"\1k(99999", dashboards.substitute(expr, __range="50m"))
            found[name] = [engine.over_time(text, start, end) for engine in (one, other)]
        return found

    def differences(self, number):
        """{(alert, life): [minutes of Prometheus, minutes of the other]}"""
        one, other = self.fired[0], self.fired[number]
        return {(alert, dict(labels).get("cluster")): [one.get(key, []), other.get(key, [])]
                for key in {**one, **other} for alert, labels in [key]
                if not near(one.get(key), other.get(key))}

    def test_alerts_of_the_rules_for_vmalert(self):
        self.assertGreater(len(self.fired[0]), 1)
        self.assertEqual(self.differences(2), {})

    def test_alerts_of_the_rules_as_they_are(self):
        known = {(alert, life) for alert, life in UNTRANSLATED if life in chosen()}
        self.assertEqual(set(self.differences(1)), known)

    def test_recording_rules(self):
        """Series begin and end with the same minutes."""
        self.assertEqual(+self.recorded, {})

    def test_dashboards(self):
        """Each query is understood, and gives the same series."""
        self.assertGreater(sum(1 for one, _ in self.asked.values() if one), 50)
        self.assertEqual({name for name, (one, other) in self.asked.items()
                          if one != other and not (name in MORE and one < other)}, set())

    @unittest.skipUnless(OPTIONS.show, "--show")
    def test_show(self):
        for number in (1, 2):
            for (alert, life), found in self.differences(number).items():
                print(number, alert, life, *([*one[:1], *one[-1:]] for one in found))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
