"""Complete dashboards: variables, annotations, links, places of the panels."""

import json

from panels import DATASOURCE
from queries import OF_PLACE, select

WIDTH = 24  # columns of Grafana's grid
# "default" is Grafana's default data source, whatever its name.
SOURCE = {"type": "datasource", "name": "datasource", "label": "Data source",
          "query": "prometheus", "current": {"text": "default", "value": "default"},
          "refresh": 1, "regex": "", "options": [], "hide": 0, "multi": False,
          "includeAll": False, "skipUrlSync": False}


def lay_out(rows):
    """Gives an id and a position to each panel of {row title: panels}, from left to right.

    A row whose title ends with "…" is collapsed: its queries run only once it is opened.
    """
    placed, top, number = [], 0, 0
    for title, row in rows.items():
        folded = title.endswith("…")
        number += 1
        head = {"type": "row", "id": number, "title": title.rstrip("…"), "collapsed": folded,
                "gridPos": {"x": 0, "y": top, "w": WIDTH, "h": 1}, "panels": []}
        placed.append(head)
        top, left, height = top + 1, 0, 0
        for one in row:
            number += 1
            size = one["gridPos"]
            if left + size["w"] > WIDTH:
                top, left, height = top + height, 0, 0
            (head["panels"] if folded else placed).append(
                {"id": number, **one, "gridPos": {"x": left, "y": top, **size}})
            left, height = left + size["w"], max(height, size["h"])
        top += height
    return placed


def variable(name, label, query):
    return {
        "type": "query", "name": name, "label": label, "datasource": DATASOURCE,
        "query": {"query": query, "refId": f"variable-{name}"},
        "refresh": 2, "sort": 1, "multi": True, "includeAll": True, "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]}, "options": [], "hide": 0,
        "regex": "", "skipUrlSync": False}


def chosen(metric):
    """The variables of a dashboard whose jobs and instances are those with this metric.

    In a Prometheus without clusters, "All" matches series without that label.
    """
    return [variable("cluster", "Cluster", f"label_values({metric}, cluster)"),
            variable("job", "Job", f'label_values({metric}{{cluster=~"$cluster"}}, job)'),
            variable("instance", "Instance", f"label_values({metric}"
                     '{cluster=~"$cluster",job=~"$job"}, instance)')]


def annotation(name, colour, query, title, text):
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False,
            "iconColor": colour, "expr": select(query), "titleFormat": title,
            "textFormat": text, "tagKeys": "", "step": "60s", "useValueForTime": False}


def firing(names, by="cluster, instance"):
    """Annotation: alerts about the chosen instances; names: regular expression."""
    return annotation("Firing alerts", "red",
                      f"topk(20, max by (alertname, severity, {by}) (ALERTS{{"
                      'alertstate="firing",severity=~"critical|warning",'
                      f'alertname=~"{names}",{OF_PLACE}}}))',
                      "{{alertname}}", "{{cluster}} {{instance}} {{severity}}")


def dashboard(uid, title, about, rows, variables, annotations, others):
    """A complete dashboard; others: {uid: (title, variables)} of those that it links to."""
    variables = [SOURCE, *variables]
    return {
        "uid": uid, "title": title, "description": about, "tags": ["ipfs-peers"],
        "schemaVersion": 42, "version": 1, "editable": False, "graphTooltip": 1,
        "fiscalYearStartMonth": 0, "timezone": "browser", "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"}, "timepicker": {}, "weekStart": "",
        "links": [link_to(key, *other, variables) for key, other in others.items()],
        "templating": {"list": variables},
        "annotations": {"list": annotations},
        "panels": lay_out(rows)}


def link_to(uid, title, theirs, ours):
    """A link that keeps the time range and what is chosen in the variables that both have.

    Not the job: peers and daemons may have different jobs.
    """
    names = {one["name"] for one in theirs} | {"datasource"}
    kept = [one["name"] for one in ours if one["name"] in names - {"job"}]
    return {"type": "link", "title": title, "icon": "dashboard",
            "url": f"/d/{uid}?" + "&".join(f"${{{name}:queryparam}}" for name in kept),
            "tooltip": f"{title} for the same choice and time range", "includeVars": False,
            "keepTime": True, "targetBlank": False, "asDropdown": False, "tags": []}


def write(made):
    """JSON with a line for each panel: kubectl takes a ConfigMap of at most 256 KiB."""
    lines = [json.dumps(one, ensure_ascii=False) for one in made["panels"]]
    rest = json.dumps(made | {"panels": []}, indent=1, ensure_ascii=False)
    return rest.replace('"panels": []', '"panels": [\n  ' + ",\n  ".join(lines) + "\n ]") + "\n"
