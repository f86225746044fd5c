"""Rules with one fault each: without a wait, without a condition, or never firing."""

import pathlib
import re
import tempfile

from alert_rules import FILES, promtool, rules, yaml

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


def mutants(*faults):
    """{alert: {name of the mutant: (rule, its fault)}} of all alerts. All are tried at once: they
    are alerts of their own, under other names."""
    found = {}
    for rule in rules("alert"):
        if rule["alert"] == "Watchdog":
            continue
        made = [one for fault in faults for one in fault(rule)
                if fault is not without_conditions or valid(one[0])]
        found[rule["alert"]] = {
            f"{rule['alert']}_{number}": ({**one, "alert": f"{rule['alert']}_{number}"}, what)
            for number, (one, what) in enumerate(made)}
    return found


def write(folder, made):
    """Copies of the rule files with the mutants instead of the alerts."""
    paths = []
    for path in FILES:
        content = yaml.safe_load(path.read_text())
        for group in content["groups"]:
            group["rules"] = [one for rule in group["rules"] for one in (
                [rule] if "record" in rule else
                [mutant for mutant, _ in made.get(rule["alert"], {}).values()])]
        paths.append(pathlib.Path(folder, path.name))
        paths[-1].write_text(yaml.safe_dump(content, width=10000))
    return paths


def blamed(complaint):
    """The alerts that a complaint of promtool is about."""
    lines = re.findall(r"^ *(?:exp|got): *(.*)$", complaint, re.MULTILINE)
    return {alert for line in lines for alert in re.findall(r'alertname=\\?"(\w+)', line)}
