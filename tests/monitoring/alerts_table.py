#!/usr/bin/env python3
"""The page docs/alerts.md: the lives in which each alert fires, and the lives in which none does.

    python3 alerts_table.py > ../../docs/alerts.md    # made from the lives; lives_test.py runs them
"""

from alert_rules import rules
from flavours import FLAVOURS, chosen
from lives_kit import cases, lives
from world import as_list

HEAD = """\
# Alerts and the lives that they were tried in

Made by `tests/monitoring/alerts_table.py`; a test fails when this page is stale. A *life* is what
a few peers, their nodes and their Prometheus go through, as series for promtool.
`SLOW=2 python3 tests/monitoring/lives_test.py` runs each life in each set-up:
{alerts} alerts, {lives} lives, {cases} tests. An alert that is not named for a life stays quiet
in it all the time.
[README](../tests/monitoring/lives/README.md) explains the format of the lives and the set-ups.
"""


def minutes(text):
    number = int(text)
    return f"{number} min" if number < 240 else f"{number / 60:.3g} h"


def window(entry):
    text = "–".join(dict.fromkeys(map(str, entry["fires"])))
    return f"{text} to " + ("the end" if "ends" not in entry else "–".join(
        dict.fromkeys(map(str, entry["ends"]))))


def marks(life, *entries):
    """For each flavour: whether the life is tried there and whether the alert fires."""
    where = lives()[life].get("flavours")
    return ["–" if not chosen(where, name)
            else "fires" if any(chosen(entry.get("flavours"), name) for entry in entries)
            else "quiet" for name in FLAVOURS]


def outages():
    """One line for each alert and life in which it fires."""
    for rule in rules("alert"):
        for name, life in lives().items():
            entries = as_list(life.get("fires", {}).get(rule["alert"], []))
            if entries:
                yield [f"`{rule['alert']}`", rule["labels"]["severity"], name,
                       window(entries[0]), *marks(name, *entries)]


def quiet():
    """One line for each life in which nothing fires."""
    for name, life in lives().items():
        if not life.get("fires"):
            yield [name, minutes(life["minutes"]), *marks(name)]


def table(head, lines):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for line in lines:
        yield "| " + " | ".join(line) + " |"


def page():
    alerts = len(rules("alert")) - 1
    return "\n".join([
        HEAD.format(alerts=alerts, lives=len(lives()), cases=len(cases())),
        "## What fires\n",
        "In minutes of the life, whose outage does not begin with it: `14–16 to 39–41` fires first "
        "at\n14 to 16 and last at 39 to 41.\n",
        *table(["alert", "severity", "life", "fires from and to", *FLAVOURS], outages()),
        "\n## Lives in which nothing fires\n",
        *table(["life", "length", *FLAVOURS], quiet()), ""])


if __name__ == "__main__":
    print(page(), end="")
