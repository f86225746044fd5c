"""Collectors with recorded daemons: expected and actual results."""

import functools
import math
import re
import subprocess

from harness import BINARY, PATIENCE, clean_environment, recording
from answers import Answers
from catalogue import TABLE
from collectors import NAMES, known
from collectors.native import PROCESS
from exposition import labels_key

OURS = "ipfs_peer_exporter_"

# In this scenario the recorded token allows only `version` and `id`.
DENIED = "auth"

# The first poll of some is minutes later, unless their interval is shorter.
INTERVALS = {name: "500ms" for name in NAMES
             if known(name, "TWICE", False) or "first_after" in TABLE[name]}


@functools.cache
def built_in():
    """The collectors of the binary under test."""
    help_text = subprocess.run(
        [BINARY, "--help"], capture_output=True, text=True, check=True, timeout=PATIENCE,
        env=clean_environment()).stdout
    return re.findall(r"Poll ipfs\.(\w+) \[", help_text)


def flags(collectors, **intervals):
    """The flags that turn on only these collectors; intervals are by collector, such as "1s"."""
    intervals = INTERVALS | intervals
    yield "--collector.disable-defaults"
    for name in collectors:
        yield f"--collector.ipfs.{name}" + (f"={intervals[name]}" if name in intervals else "")
        yield from known(name, "FLAGS", ())


def release(version):
    """v0.42.0 as 42."""
    return int(version.split(".")[1])


def calls_of(name):
    """The replies of this daemon. On a Unix socket only `version` and `id` were recorded; the
    others are taken from the online scenario."""
    version, scenario = name.split("/")
    online = recording(f"{version}/online") if scenario == "unixapi" else []
    return online + recording(name)


def unsupported(collector, scenario):
    """The releases without this collector; for a Unix socket, as in the online scenario."""
    scenario = "online" if scenario == "unixapi" else scenario
    return known(collector, "UNSUPPORTED", {}).get(scenario, ())


def expected(collector, calls):
    """The series of one collector: {(sample name, labels): value}."""
    samples = known(collector, "expected", None)(Answers(calls))
    return {(name, labels_key(labels)): value for name, labels, value in samples}


class Cell:
    """One collector with one daemon: expected and actual result."""

    def __init__(self, name, collector, exporter):
        version, scenario = name.split("/")
        self.collector = collector
        if scenario == DENIED and TABLE[collector].get("added_later"):
            self.wanted_result = "unsupported"
        elif scenario == DENIED and collector != "identity":
            self.wanted_result = "failed"
        elif release(version) in unsupported(collector, scenario):
            self.wanted_result = "unsupported"
        else:
            self.wanted_result = "ok"
        # Even a failed ipfs.health gives ipfs_up.
        has_values = self.wanted_result == "ok" or collector == "health"
        self.wanted = expected(collector, calls_of(name)) if has_values else {}
        self.result = last_result(exporter, collector)
        self.found = exporter.page().samples()
        if collector == "native":
            self.found = {key: value for key, value in self.found.items()
                          if key[0] in PROCESS.values()}
            self.found |= exporter.page("/metrics/native").samples()

    def different(self):
        """The series that differ: {series: (found, wanted)}."""
        return {key: (self.found.get(key), value) for key, value in self.wanted.items()
                if not math.isclose(self.found.get(key, math.nan), value, rel_tol=1e-12)}

    def __str__(self):
        if self.result != self.wanted_result:
            return f"**{self.result}**"
        if self.result != "ok":
            return self.result
        return f"{len(self.wanted) - len(self.different())}/{len(self.wanted)}"


def unwanted(page, cells):
    """The series of the daemon on /metrics that no cell expects."""
    wanted = {key for cell in cells for key in cell.wanted
              if cell.collector != "native" or key[0] in PROCESS.values()}
    return {key for key in page.samples()
            if key[0].startswith("ipfs_") and not key[0].startswith(OURS)} - wanted


def last_result(exporter, collector):
    return [line["result"] for line in exporter.log
            if line.get("msg") == "poll" and line["collector"] == f"ipfs.{collector}"][-1]


def settle(exporter, collectors, after=0):
    """Waits for a poll of each collector, and for a second one if that makes a difference.

    Ignores the first `after` lines of the log.
    """
    first = {name: exporter.wait_poll(f"ipfs.{name}", after) for name in collectors}
    after = max(line["at"] for line in first.values())
    for name in collectors:
        if known(name, "TWICE", False) and first[name]["result"] == "ok":
            begun = exporter.wait_poll(f"ipfs.{name}", after)["at"]
            exporter.wait_poll(f"ipfs.{name}", begun)
