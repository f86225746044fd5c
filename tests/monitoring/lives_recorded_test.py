#!/usr/bin/env python3
"""The pages of every recorded daemon, unchanged for four hours: no alert, except of those that
demand credentials, which the exporter does not have here."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from alert_rules import FILES, TESTS
from fake_daemon import FakeDaemon, recording
from kit import needs_promtool, needs_tools
from lives_checks import check
from lives_kit import used
from lives_run import promtool
from patience import PATIENCE
from world import parse

EXPORTER = os.environ.get("EXPORTER")
MINUTES, STEP = 240, 4
# A queue that never gets shorter is an outage; in this recording it is just not empty.
STANDS_STILL = {("IpfsProvideBacklog", "v0.39.0/accelerated")}


def recordings():
    return [f"{path.parent.name}/{path.stem}"
            for path in sorted((TESTS / "recorded").glob("v*/*.json"))]


def page(name):
    """The samples of the exporter beside this daemon: {series: value}."""
    with FakeDaemon(recording(name)) as daemon:
        done = subprocess.run([EXPORTER, "--once", f"--ipfs.api={daemon.url}"], text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
    lines = [line.rsplit(" ", 1) for line in done.stdout.splitlines()
             if line and not line.startswith("#")]
    return {series: float(value) for series, value in lines}


def over_time(samples):
    """Each sample as it goes on: polls are made, times are those of a daemon that just started."""
    started = max([value for series, value in samples.items()
                   if series.startswith(("ipfs_provide_start_", "ipfs_dht_oldest_"))], default=0)
    for series, value in samples.items():
        name, labels = parse(series)
        count = MINUTES // STEP
        if re.search("last_success_timestamp|polls_total|oldest_refresh", name):
            yield name, labels, f"0+{60 * STEP}x{count}"
        elif name.startswith("ipfs_") and name.endswith("_timestamp_seconds"):
            yield name, labels, f"{value - started}x{count}"
        else:
            yield name, labels, f"{value}x{count}"


def input_series(name, samples):
    """Each daemon is a cluster of its own, so that one does not count for another's fleet."""
    target = {"job": "recorded", "instance": name, "cluster": name}
    for metric, labels, values in [*over_time(samples), ("up", {}, f"1x{MINUTES // STEP}")]:
        if metric in used() or metric == "up":
            text = ",".join(f"{key}={json.dumps(value)}"
                            for key, value in {**labels, **target}.items())
            yield {"series": f"{metric}{{{text}}}", "values": values}


@unittest.skipUnless(EXPORTER, "EXPORTER is not set")
@needs_tools
@needs_promtool
class RecordedTest(unittest.TestCase):
    def test_alerts(self):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            pages = dict(zip(recordings(), pool.map(page, recordings())))
        test = {"interval": f"{STEP}m",
                "input_series": [one for name, samples in pages.items()
                                 for one in input_series(name, samples)],
                "promql_expr_test": [check(
                    'group by (alertname, instance) (count_over_time(ALERTS{alertstate="firing",'
                    f'alertname!="Watchdog"}}[{MINUTES}m]))', MINUTES)]}
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "recorded.yml").write_text(json.dumps({
                "rule_files": [str(path) for path in FILES],
                "evaluation_interval": f"{STEP}m", "tests": [test]}))
            said = promtool(folder, "recorded.yml")
        fired = set(re.findall(r'\{alertname="(\w+)", instance="([^"]+)"\}', said))
        denied = {("IpfsDaemonUnreachable", name) for name in recordings()
                  if name.endswith("/auth")}
        self.assertTrue(denied)
        self.assertEqual(fired - STANDS_STILL, denied, said)


if __name__ == "__main__":
    unittest.main()
