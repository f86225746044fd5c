#!/usr/bin/env python3
"""Prints the table of alerts, lives and flavours in Markdown: what fires when, what is quiet.

    python3 alerts_table.py > table.md

It runs all lives first and ends with an error if one of them does not hold.
"""

import sys

from alert_rules import rules
from flavours import FLAVOURS, chosen
from lives_kit import cases, lives
from lives_run import run
from world import as_list


def window(entry):
    first, last = entry["fires"]
    text = f"{first} min" if first == last else f"{first} to {last} min"
    if "ends" in entry:
        text += f", ends after {entry['ends'][0]} to {entry['ends'][1]}"
    return text


def marks(life, entry):
    """For each flavour: fires, quiet, or does not apply."""
    where = lives()[life].get("flavours")
    return ["–" if not chosen(where, name)
            else "fires" if chosen(entry.get("flavours"), name) else "quiet"
            for name in FLAVOURS]


def outages():
    """One line for each alert and life in which it fires."""
    for rule in rules("alert"):
        for name, life in lives().items():
            for entry in as_list(life.get("fires", {}).get(rule["alert"], [])):
                yield [f"`{rule['alert']}`", rule["labels"]["severity"], name, window(entry),
                       *marks(name, entry)]


def quiet():
    """One line for each life in which nothing fires."""
    for name, life in lives().items():
        if not life.get("fires"):
            where = life.get("flavours")
            yield [name, f"{life['minutes'] / 60:.3g} h",
                   *("all quiet" if chosen(where, flavour) else "–" for flavour in FLAVOURS)]


def table(head, lines):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for line in lines:
        yield "| " + " | ".join(line) + " |"


def main():
    bad = {case: said for case, said in run(cases()).items() if said}
    for (life, flavour), said in bad.items():
        print(f"{life}, {flavour}: {said}", file=sys.stderr)
    if bad:
        return 1
    alerts = len(rules("alert")) - 1
    print(f"{alerts} alerts, {len(lives())} lives, {len(cases())} tests of promtool.\n")
    print(*table(["alert", "severity", "life", "fires after", *FLAVOURS], outages()), sep="\n")
    print(f"\nLives in which none of the {alerts} alerts fires:\n")
    print(*table(["life", "length", *FLAVOURS], quiet()), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
