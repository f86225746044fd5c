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

UNIT = re.compile(r"^Unit Testing: +(\S+)\n", re.MULTILINE)


def file_name(case):
    return re.sub(r"\W+", "-", "__".join(case)) + ".yml"


def promtool(folder, files):
    done = subprocess.run(["promtool", "test", "rules", *files], cwd=folder, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=PATIENCE * 10)
    _, *parts = UNIT.split(done.stdout)
    if not parts:
        raise AssertionError(done.stdout)
    return dict(zip(parts[::2], parts[1::2]))


def run(chosen, rule_files=FILES, aliases=None):
    """What promtool complains of, for each life and flavour: empty if it is content."""
    workers = min(os.cpu_count() or 1, len(chosen))
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen:
            text = promtool_file(*case, rule_files, aliases)
            pathlib.Path(folder, file_name(case)).write_text(text)
        names = sorted((file_name(case) for case in chosen),
                       key=lambda name: -pathlib.Path(folder, name).stat().st_size)
        with concurrent.futures.ThreadPoolExecutor(workers) as pool:
            found = {}
            for part in pool.map(lambda files: promtool(folder, files),
                                 [names[number::workers] for number in range(workers)]):
                found |= part
    return {case: complaint(found[file_name(case)]) for case in chosen}


def complaint(text):
    return "" if text.strip() == "SUCCESS" else text.strip()
