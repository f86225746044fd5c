"""The table of collectors (tests/collectors.json, written by the target docs)."""

import json
import pathlib
from urllib.parse import unquote

from collectors import NAMES, known

TABLE = json.loads((pathlib.Path(__file__).parent.parent / "collectors.json").read_text())
# Release (the number after 0.) of the default daemon of IntegrationTest.daemon().
RELEASE = 42
# Collectors that are on by default and supported there, except those whose first poll is some
# minutes later.
COLLECTORS = [name for name, row in TABLE.items()
              if row.get("on_by_default") and not row.keys() & {"on_from", "first_after"}
              and RELEASE not in known(name, "UNSUPPORTED", {}).get("online", ())]
# Collectors that js-ipfs supports.
JS_COLLECTORS = [name for name in NAMES if known(name, "JS_IPFS", False)]


def method_and_path(target):
    return ("GET", target) if target.startswith("/") else ("POST", f"/api/v0/{target}")


def foreign(calls, *collectors):
    """The calls to a fake daemon that none of these collectors makes."""
    allowed = {method_and_path(unquote(target)) for name in ("health", *collectors)
               for target in (*TABLE[name]["calls"], *known(name, "CALLS", ()))}
    return {(method, unquote(target)) for method, target in calls} - allowed
