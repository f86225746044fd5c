"""Runs lives with promtool, on all processors."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import tempfile

from alert_rules import FILES
from lives_checks import promtool_file
from patience import PATIENCE

# Fewer garbage collections: a fifth less CPU time.
ENV = {**os.environ, "GOGC": "400"}


def promtool(folder, file):
    """What it complains of; it fails without a complaint only if it could not run the test."""
    done = subprocess.run(["promtool", "test", "rules", file], cwd=folder, text=True, env=ENV,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=PATIENCE * 10)
    return "" if done.returncode == 0 else done.stdout.strip() or "promtool failed"


def run(chosen, rule_files=FILES, aliases=None):
    """What promtool complains of, for each life and flavour: empty if it is content. A call for
    each: Prometheus 3's promtool does not say which of several files it complains of."""
    def complaint(case):
        name = re.sub(r"\W+", "-", "__".join(case)) + ".yml"
        pathlib.Path(folder, name).write_text(promtool_file(*case, rule_files, aliases))
        return promtool(folder, name)

    with tempfile.TemporaryDirectory() as folder, \
            concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(chosen, pool.map(complaint, chosen)))
