"""Collectors with recorded daemons: expected and actual results."""

import functools
import math
import re
import subprocess

from harness import BINARY, PATIENCE, clean_environment, recording
from expected import NATIVE_PROCESS, expected
from expected_swarm import PUBSUB_TOPIC

OURS = "ipfs_peer_exporter_"

ALL = range(100)
# Releases (the number after 0.) in which a collector is unsupported in a scenario.
UNSUPPORTED = {
    "online": {"agents": range(20), "peering": range(10), "reachability": range(40),
               "resources": range(13), "provide": range(21), "version_check": range(30)},
    "offline": dict.fromkeys(
        ("bandwidth", "bandwidth_protocols", "swarm", "agents", "peering", "reachability",
         "resources", "bitswap", "dht", "provide", "pubsub", "version_check", "p2p"), ALL),
    "minimal": {"agents": range(20), "peering": range(10), "reachability": range(40),
                "bandwidth": ALL, "bandwidth_protocols": ALL, "resources": ALL, "dht": ALL,
                "pubsub": ALL, "provide": {*range(21), *range(38, 100)},
                "version_check": ALL, "p2p": ALL},
    "accelerated": {},
    "altprovide": {"provide": [38]},
}
UNSUPPORTED["unixapi"] = UNSUPPORTED["online"]
# In this scenario the recorded token allows only `version` and `id`.
DENIED = "auth"
# Collectors added after the first release: a 403 is not a failure.
ADDED_LATER = ("version_check", "remote_pins", "keys", "p2p")

# Collectors that read the results of another collector or of their own last poll.
TWICE = ("agents", "peering", "resources")
# The first poll of this one is minutes later, unless its interval is shorter.
LATE = "version_check"
INTERVALS = dict.fromkeys((*TWICE, LATE), "500ms")


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
    if "pubsub" in collectors:
        yield f"--ipfs.pubsub-topics={PUBSUB_TOPIC}"


def release(version):
    """v0.42.0 as 42."""
    return int(version.split(".")[1])


def calls_of(name):
    """The replies of this daemon. On a Unix socket only `version` and `id` were recorded; the
    others are taken from the online scenario."""
    version, scenario = name.split("/")
    online = recording(f"{version}/online") if scenario == "unixapi" else []
    return online + recording(name)


class Cell:
    """One collector with one daemon: expected and actual result."""

    def __init__(self, name, collector, exporter):
        version, scenario = name.split("/")
        self.collector = collector
        if scenario == DENIED and collector in ADDED_LATER:
            self.wanted_result = "unsupported"
        elif scenario == DENIED and collector != "identity":
            self.wanted_result = "failed"
        elif release(version) in UNSUPPORTED.get(scenario, {}).get(collector, ()):
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
                          if key[0] in NATIVE_PROCESS.values()}
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
    """The series of the daemon on /metrics that none of these cells expects."""
    wanted = {key for cell in cells for key in cell.wanted
              if cell.collector != "native" or key[0] in NATIVE_PROCESS.values()}
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
    for name in TWICE:
        if name in first and first[name]["result"] == "ok":
            begun = exporter.wait_poll(f"ipfs.{name}", after)["at"]
            exporter.wait_poll(f"ipfs.{name}", begun)
