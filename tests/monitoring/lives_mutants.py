"""Rules with one fault each: without a wait, without a condition, or never firing."""

import pathlib
import re
import tempfile

from alert_rules import FILES, promtool, yaml

OPERATOR = re.compile(r"\s(and|or|unless)\s")
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
BRACKETS = {"(": 1, ")": -1, "{": 1, "}": -1, "[": 1, "]": -1}


def depths(text):
    """The depth of brackets at each character, strings not counted."""
    text = STRING.sub(lambda found: "x" * len(found[0]), text)
    found, depth = [], 0
    for letter in text:
        depth += BRACKETS.get(letter, 0)
        found.append(depth)
    return found


def operands(text):
    """(start, end) of each operator `and`, `or` and `unless` with what is right of it."""
    depth = depths(text)
    places = [found.start() for found in OPERATOR.finditer(text)]
    for start in places:
        level = depth[start]
        end = next((place for place in range(start + 1, len(text))
                    if depth[place] < level or place in places and depth[place] == level),
                   len(text))
        yield start, end


def without_conditions(rule):
    """The rule once without each condition."""
    text = rule["expr"]
    for start, end in operands(text):
        yield {**rule, "expr": f"{text[:start]} {text[end:]}"}, text[start:end].strip()


def without_wait(rule):
    if "for" in rule:
        yield {key: value for key, value in rule.items() if key != "for"}, "for"


def never(rule):
    yield {**rule, "expr": "vector(1) > 1"}, "fires"


def valid(rule):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "one.yml")
        path.write_text(yaml.safe_dump({"groups": [{"name": "one", "rules": [rule]}]}))
        return promtool("check", "rules", str(path)).returncode == 0


def rounds(faults, only=None):
    """Sets of rule files in which each alert has at most one fault, and these faults by alert.
    Different alerts do not influence each other, so one round tries one fault of each."""
    alerts = {rule["alert"]: [one for one in faults(rule) if faults is not without_conditions
                              or valid(one[0])]
              for path in FILES for group in yaml.safe_load(path.read_text())["groups"]
              for rule in group["rules"] if rule.get("alert", "Watchdog") != "Watchdog"
              and (only is None or rule["alert"] in only)}
    for number in range(max(map(len, alerts.values()), default=0)):
        chosen = {alert: found[number] for alert, found in alerts.items() if number < len(found)}
        yield chosen


def write(folder, chosen):
    """Copies of the rule files with the faults."""
    paths = []
    for path in FILES:
        content = yaml.safe_load(path.read_text())
        for group in content["groups"]:
            group["rules"] = [chosen.get(rule.get("alert"), (rule,))[0] for rule in group["rules"]]
        paths.append(pathlib.Path(folder, path.name))
        paths[-1].write_text(yaml.safe_dump(content, width=10000))
    return paths


def blamed(complaint):
    """The alerts that a complaint of promtool is about."""
    lines = re.findall(r"^ *(?:exp|got): *(.*)$", complaint, re.MULTILINE)
    found = {alert for line in lines for alert in re.findall(r'alertname=\\?"(\w+)', line)}
    return found | set(re.findall(r"alertname: (\w+)", complaint))
