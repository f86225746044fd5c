"""Shared by the tests of the dashboards: reading them, and the selectors in their queries."""

import json
import pathlib
import re
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = REPOSITORY / "monitoring" / "dashboards"
RULES = REPOSITORY / "monitoring" / "rules"
sys.path.append(str(REPOSITORY / "tests"))

from patience import PATIENCE  # noqa: E402, F401

INTERVALS = {"__rate_interval": "4m", "__interval": "15s", "__range": "1h"}
VARIABLE = re.compile(r"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")

STRING = r'"(?:[^"\\]|\\.)*"'
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
SELECTOR = re.compile(rf"([a-zA-Z_:][\w:]*)\{{((?:{STRING}|[^}}\"])*)\}}(\[[^\]]*\])?")
WORD = re.compile(r"[a-zA-Z_:][\w:]*")
OPERATORS = {"and", "or", "unless", "bool", "offset", "by", "without"}


class Selector:
    """One selector of a query: its metric, matchers, range and the function around it."""

    def __init__(self, match):
        self.metric, matchers, span = match.groups()
        self.range = span[1:-1] if span else ""
        self.matchers = dict(re.findall(rf'(\w+)[=!]~?({STRING})', matchers))
        around = re.search(r"(\w+)\($", match.string[:match.start()])
        self.function = around[1] if around else ""


def selectors(query):
    return [Selector(match) for match in SELECTOR.finditer(query)]


def bare_names(query):
    """Metrics of a query that are not followed by matchers."""
    rest = SELECTOR.sub("", GROUPING.sub("", query))
    rest = re.sub(rf"\[[^\]]*\]|{STRING}", "", rest)
    return [match[1] for match in re.finditer(r"([a-zA-Z_:][\w:]*)\s*(\(?)", rest)
            if not match[2] and match[1] not in OPERATORS]


def substitute(query, **chosen):
    """The query as Grafana sends it; a variable without a chosen value stands for all values."""
    def value(match):
        name = match[1] or match[2]
        return chosen.get(name, INTERVALS.get(name, ".*"))

    return VARIABLE.sub(value, query)


def legend(pattern, labels):
    """The text of a line, as Grafana makes it; without a pattern it has all labels."""
    if pattern in ("", "__auto"):
        return str(labels)
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), pattern)


def alert_names():
    """The alerts of all rules."""
    text = "".join(path.read_text() for path in sorted(RULES.glob("*.yml")))
    return re.findall(r"^ *- alert: (\w+)$", text, re.MULTILINE)


def now():
    """The last whole minute, which the steps of subqueries meet."""
    return int(time.time()) // 60 * 60


def load():
    """Every dashboard, by uid."""
    made = [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]
    return {one["uid"]: one for one in made}


def panels(dashboard):
    """(title of its row, panel) of each panel except rows."""
    row = ""
    for one in dashboard["panels"]:
        if one["type"] == "row":
            row = one["title"]
            yield from ((row, inner) for inner in one["panels"])
        else:
            yield row, one


def targets():
    """(description, row, panel, PromQL) of each query of each panel."""
    for uid, dashboard in load().items():
        for row, panel in panels(dashboard):
            for target in panel.get("targets", []):
                name = f"{uid}: {panel['title']}: {target['refId']}"
                yield name, row, panel, target["expr"]


def other_queries():
    """(description, PromQL) of each annotation and each variable."""
    for uid, dashboard in load().items():
        for one in dashboard["annotations"]["list"]:
            yield f"{uid}: annotation {one['name']}", one["expr"]
        for one in dashboard["templating"]["list"]:
            if one["type"] == "query":
                found = re.fullmatch(r"label_values\((.*), *\w+\)", one["query"]["query"])
                yield f"{uid}: variable {one['name']}", found[1]
