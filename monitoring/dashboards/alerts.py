"""The alerts as the dashboards know them, read from the rules: colours, thresholds, runbooks."""

import collections
import pathlib
import re

RULES = pathlib.Path(__file__).resolve().parent.parent / "rules"
RULE = re.compile(r"^ *- (alert|record): ([\w:]+)\n(.*?)(?=^ *- (?:alert|record|name):|\Z)",
                  re.MULTILINE | re.DOTALL)
EXPRESSION = re.compile(r"^( +)expr:(.*?)(?=^\1\w|\Z)", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"^ *#.*\n", re.MULTILINE)
METRIC = re.compile(r"([\w:]+)\{")
WORD = re.compile(r"[a-zA-Z_][\w:]*")
# With a number alone: what follows must not make it a factor.
COMPARISON = re.compile(r"(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?!\s*[*/\w.])")
LEFT = re.compile(r"\b(?:and|or|unless)\b")
RUNBOOK = re.compile(r"runbook_url:\s*(?:>-?)?\s*(\S+)")

COLOURS = {"info": "blue", "warning": "orange", "critical": "red"}
# A colour step starts at its value; an alert with < or > fires only beyond it.
BEYOND = 0.001

Alert = collections.namedtuple("Alert", "severity expression runbook")


def _rules(kind):
    """(name, expression, whole text) of each rule of a kind."""
    for path in sorted(RULES.glob("*.yml")):
        for found, name, body in RULE.findall(COMMENT.sub("", path.read_text())):
            if found == kind:
                expression = EXPRESSION.search(body)[2].strip().removeprefix(">-")
                yield name, " ".join(expression.split()), body


def _alert(expression, body):
    severity, runbook = re.search(r"severity: (\w+)", body), RUNBOOK.search(body)
    return Alert(severity and severity[1], expression, runbook and runbook[1])


RECORDED = {name: expression for name, expression, _ in _rules("record")}
ALERTS = {name: _alert(expression, body) for name, expression, body in _rules("alert")}


def words(expression):
    """The metrics of an expression, those behind its recording rules too, and other words."""
    found = set(WORD.findall(expression))
    return found.union(*(words(RECORDED[name]) for name in found & set(RECORDED)))


def depth(text, place):
    return text.count("(", 0, place) - text.count(")", 0, place)


def comparison(expression):
    """(operator, number) with which an alert compares its value, or None.

    The value is left of the first outer `and`, `or` or `unless`; the outermost comparison counts.
    """
    joined = [one.start() for one in LEFT.finditer(expression)
              if depth(expression, one.start()) == 0]
    value = expression[:min(joined, default=None)]
    found = sorted(COMPARISON.finditer(value), key=lambda one: depth(value, one.start()))
    return (found[0][1], float(found[0][2])) if found else None


def limits(names, queries):
    """[(operator, number, colour)] of these alerts, for a panel with these queries."""
    found = []
    for name in names:
        alert = ALERTS[name]
        compared = comparison(alert.expression)
        if not compared or not words(alert.expression) & set(METRIC.findall(queries)):
            raise ValueError(f"{name} does not compare what the panel shows; related= links it")
        found.append((*compared, COLOURS[alert.severity]))
    return found


def steps(found):
    """The colour steps of a value with these limits: (operator, number, colour)."""
    low, high = [], []
    for operator, number, colour in found:
        side = low if operator in ("<", "<=") or (operator, number) == ("==", 0) else high
        beyond = BEYOND if operator in ("<=", ">") or side is low and operator == "==" else 0
        side.append((round(number + beyond, 6), colour))
    low.sort()
    colours = [*(colour for _, colour in low), "green"]
    made = [{"color": colour, "value": value}
            for colour, value in zip(colours, [None, *(number for number, _ in low)], strict=True)]
    return made + [{"color": colour, "value": value} for value, colour in sorted(high)]


def links(names):
    """Links of a panel to the runbook of each alert that it shows, and to the alert in Grafana."""
    for name in names:
        if ALERTS[name].runbook:
            yield f"Runbook of {name}", ALERTS[name].runbook
        yield f"{name} in Grafana's list of alerts", f"/alerting/list?search={name}"
