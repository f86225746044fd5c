"""Many simulated instances: the pages of real exporters, multiplied and varied.

Every value differs between instances and times, and the order of the instances changes with time,
so that a query that takes the largest ones of each moment shows ever more of them.
"""

import zlib

import dashboards_kubelet
from dashboards_setups import node_name

WRONG = 10  # each tenth instance has every check failed
PER_NODE = 10
CHECKS = ("_up", "_success", "_successful", "_supported", "_healthy", "_connected")


def number_from(*what):
    """A number from 0 to 1 that looks random and is the same in every run."""
    return zlib.crc32("/".join(map(str, what)).encode()) % 10007 / 10007


def varied(name, counter, value, instance, step):
    """The value of a sample at an instance and a step."""
    if counter:
        grown = sum(number_from(instance, one) for one in range(step + 1))
        return round(value * (1 + instance / 1000) + 60 * grown, 3)
    if name.endswith(CHECKS):
        return int(value and instance % WRONG != 0)
    if name.endswith("timestamp_seconds"):
        return round(value - 600 * number_from(instance, step), 3)
    if name.endswith(("_info", "_bucket")) or value in (0, 1):
        return value
    return round(value * (0.5 + number_from(instance, step) / 2), 6)


def instances(pages, counters, names, count, step):
    """[{path: samples}] of `count` exporters at a step, from the pages of real ones.

    counters: the names of counters; names: those that are kept.
    """
    kept = [{path: [(name, labels, value, name in counters)
                    for name, labels, value in samples if name in names]
             for path, samples in of_one.items()} for of_one in pages]
    for instance in range(count):
        real = kept[instance % len(kept)]
        yield {path: [(name, labels, varied(name, counter, value, instance, step))
                      for name, labels, value, counter in samples]
               for path, samples in real.items()}


def nodes(count):
    """Nodes with ten of `count` pods of peers each; one also has the monitoring."""
    found = []
    for first in range(0, count, PER_NODE):
        names = [f"peer-{number}" for number in range(first, min(first + PER_NODE, count))]
        name = node_name(first, PER_NODE)
        trouble = ("peers", names[0], "peer")
        claims = {("monitoring", f"prometheus-{name}"): {"prometheus": (0.05, 4e8, 1e9)}}
        found.append(dashboards_kubelet.Node(name, dashboards_kubelet.peers(names) | claims,
                                             trouble))
    return found
