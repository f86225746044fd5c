"""What promtool has to check of a life: what fires when, for whom, and that all else is quiet."""

import json

from alert_rules import rules
from flavours import FLAVOURS, chosen
from lives_kit import lives, people, series_of
from world import as_list

ALWAYS = "Watchdog"


def selector(**labels):
    text = ",".join(f"{key}={json.dumps(value)}" for key, value in labels.items())
    return f'ALERTS{{alertstate="firing",{text}}}'


def expected(name, flavour, aliases=None):
    """(alert, its labels, when it begins, when it ends) of each alert that has to fire."""
    for alert, *rest in expected_by_name(name, flavour):
        for alias in aliases.get(alert, ()) if aliases else (alert,):
            yield alias, *rest


def expected_by_name(name, flavour):
    made = people(name)
    for alert, entries in lives()[name].get("fires", {}).items():
        for entry in as_list(entries):
            if not chosen(entry.get("flavours"), flavour):
                continue
            for owner in as_list(entry.get("on")):
                labels = FLAVOURS[flavour].identity(made, owner) if owner else {}
                if FLAVOURS[flavour].clusters and entry.get("cluster", True):
                    labels["cluster"] = FLAVOURS[flavour].clusters[0]
                yield (alert, {**labels, **entry.get("labels", {})}, entry["fires"],
                       entry.get("ends"))


def sample(labels, value):
    text = ",".join(f"{key}={json.dumps(one)}" for key, one in labels.items())
    return {"labels": f"{{{text}}}", "value": value}


def check(expression, minute, *samples):
    return {"expr": expression, "eval_time": f"{minute}m", "exp_samples": list(samples)}


def of_one(alert, labels, begins, ends, end, step):
    """The checks of one alert of one owner. Ranges are half a minute longer than the time
    between the first and the last evaluation: Prometheus 3 leaves the start out."""
    which, names = selector(alertname=alert, **labels), ", ".join(("alertname", *labels))
    named = {"alertname": alert, **labels}
    if begins[0] >= step:
        yield check(f"count_over_time({which}[{60 * begins[0]}s])", begins[0] - step)
    last = ends[0] if ends else end
    count = (last - begins[1]) // step + 1
    yield check(f"count by ({names}) ({which})", begins[1], sample(named, 1))
    yield check(f"min by ({names}) (count_over_time({which}[{60 * (last - begins[1]) + 30}s]))",
                begins[1] + (count - 1) * step, sample(named, count))
    if ends:
        yield check(f"count_over_time({which}[{60 * (end - ends[1]) + 30}s])", end)


def checks(name, flavour, aliases=None):
    """All queries of a life in one flavour, with their answers. With `aliases`, other alerts are
    there instead of each alert, and have to fire when it has to."""
    life = lives()[name]
    step, end = life.get("step", 1), life["minutes"]
    found = list(expected(name, flavour, aliases))
    alerts = sorted({alert for alert, *_ in found})
    others = "|".join((ALWAYS, *alerts))
    whole = f"[{60 * end + 30}s]"
    yield check(f'count_over_time(ALERTS{{alertstate="firing",alertname!~"{others}"}}{whole})',
                end)
    for alert in alerts:
        mine = [one for one in found if one[0] == alert]
        names = ", ".join(("alertname", *mine[0][1]))
        yield check(f"group by ({names}) (count_over_time({selector(alertname=alert)}{whole}))",
                    end, *(sample({"alertname": alert, **labels}, 1) for _, labels, *_ in mine))
    for one in found:
        yield from of_one(*one, end, step)


def annotations(alert, texts):
    """With the address of the runbook, which is the same for all (see alerts_test.py)."""
    (own,) = (rule["annotations"] for rule in rules("alert") if rule["alert"] == alert)
    return {**{key: value for key, value in own.items() if key.startswith("runbook")}, **texts}


def texts(name, flavour):
    """The alerts whose labels and texts a life gives word by word, for one of its flavours."""
    for alert, entries in lives()[name].get("says", {}).items():
        if any(rule["alert"] == alert for rule in rules("alert")):
            for entry in as_list(entries):
                if entry.get("flavour", "ours") == flavour:
                    yield {"alertname": alert, "eval_time": f"{entry['at']}m", "exp_alerts": [
                        {"exp_labels": one["labels"],
                         "exp_annotations": annotations(alert, one["texts"])}
                        for one in as_list(entry["alerts"])]}


def promtool_file(name, flavour, rule_files, aliases=None):
    """The content of promtool's file for a life in a flavour."""
    step = f"{lives()[name].get('step', 1)}m"
    test = {"name": f"{name}, {flavour}", "interval": step,
            "input_series": series_of(name, FLAVOURS[flavour]),
            "promql_expr_test": list(checks(name, flavour, aliases)),
            "alert_rule_test": [] if aliases else list(texts(name, flavour))}
    return json.dumps({"rule_files": [str(path) for path in rule_files],
                       "evaluation_interval": step, "tests": [test]})
