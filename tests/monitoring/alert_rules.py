"""Shared by the tests of the rules: reading them, and promtool."""

import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS), str(TESTS / "k8s")]

from kit import yaml  # noqa: E402
from patience import PATIENCE  # noqa: E402

RULES = TESTS.parent / "monitoring" / "rules"
FILES = sorted(path for path in RULES.glob("*.yml"))


def rules(kind):
    """The recording rules ("record") or the alerts ("alert")."""
    return [rule for path in FILES
            for group in yaml.safe_load(path.read_text())["groups"]
            for rule in group["rules"] if kind in rule]


def promtool(*arguments, folder=None):
    return subprocess.run(["promtool", *arguments], cwd=folder, capture_output=True, text=True,
                          timeout=PATIENCE, check=False)
