"""The alerts as the dashboards know them, read from the rules: colours, thresholds, runbooks."""

import collections
import pathlib
import re

RULES = pathlib.Path(__file__).resolve().parent.parent / "rules"
RULE = re.compile(r"^ *- alert: (\w+)\n(.*?)(?=^ *- (?:alert|record|name):|\Z)",
                  re.MULTILINE | re.DOTALL)
EXPRESSION = re.compile(r"^( +)expr:(.*?)(?=^\1\w)", re.MULTILINE | re.DOTALL)
# With a number alone: what follows must not make it a factor.
COMPARISON = re.compile(r"(<=|>=|==|<|>)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?!\s*[*/\w.])")
LEFT = re.compile(r"\b(?:and|or|unless)\b")
RUNBOOK = re.compile(r"runbook_url:\s*(?:>-?)?\s*(\S+)")

COLOURS = {"info": "blue", "warning": "orange", "critical": "red"}
# A colour step starts at its value; an alert with < or > fires only beyond it.
BEYOND = 0.001

Alert = collections.namedtuple("Alert", "severity expression runbook")


def _read():
    found = {}
    for path in sorted(RULES.glob("*.yml")):
        for name, body in RULE.findall(path.read_text()):
            severity = re.search(r"severity: (\w+)", body)
            runbook = RUNBOOK.search(body)
            expression = EXPRESSION.search(body)[2].strip().removeprefix(">-")
            found[name] = Alert(severity and severity[1], " ".join(expression.split()),
                                runbook and runbook[1])
    return found


ALERTS = _read()


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


def limits(names):
    """[(operator, number, colour)] of these alerts."""
    return [(*comparison(ALERTS[name].expression), COLOURS[ALERTS[name].severity])
            for name in names]


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
