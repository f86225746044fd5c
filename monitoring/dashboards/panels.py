"""Builds dashboards in Grafana's classic JSON (schemaVersion 42)."""

import json
import re

import alerts

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24  # columns of Grafana's grid

OF_POD = 'namespace=~"$namespace",pod=~"$pod"'
# Replacements for @NAME in a query: the job, and the values chosen in the dashboard's variables.
MATCHERS = {
    "peer": f'job="peer",{OF_POD}',
    "ipfs": f'job="ipfs",{OF_POD}',
    "native": f'job="ipfs-native",{OF_POD}',
    "pod": f'job="kubernetes",{OF_POD}',
    "node": 'job="kubernetes",node=~"$node"',
    "container": f'job="kubernetes",node=~"$node",{OF_POD},container!=""',
    "sandbox": f'job="kubernetes",node=~"$node",{OF_POD},pod!=""',
}

LEGEND = {"displayMode": "table", "placement": "bottom", "showLegend": True,
          "calcs": ["lastNotNull", "max"]}
TOOLTIP = {"mode": "multi", "sort": "desc"}
LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
YES_NO = [{"type": "value", "options": {
    "0": {"text": "no", "color": "red", "index": 0},
    "1": {"text": "yes", "color": "green", "index": 1}}}]


def select(query):
    """Replaces each @NAME of a query by its matchers."""
    return re.sub(r"@(\w+)", lambda match: MATCHERS[match[1]], query)


def describe(what, source, good, do, names):
    parts = [what, f"**Source** {source}", f"**Expected** {good}", f"**What to do** {do}"]
    if names:
        parts.append(f"**Alerts** {', '.join(names)}; see monitoring/runbooks.md.")
    return "\n\n".join(parts)


def panel(kind, title, unit, queries, *, what, source, good, do, w, h=8, watched=(),
          colour="palette-classic", options=None, custom=None, low=None, high=None,
          interval=None, mappings=None, instant=False, format="time_series", overrides=None,
          transformations=None, no_value="no data"):
    """A panel without its position. queries: (PromQL, legend); watched: alerts on its value.

    low and high are the ends of the axis; interval is how often the exporter polls the value.
    """
    defaults = {
        "color": {"mode": colour}, "unit": unit, "noValue": no_value,
        "mappings": mappings or [],
        "thresholds": {"mode": "absolute", "steps": alerts.steps(watched)}}
    defaults |= {} if low is None else {"min": low}
    defaults |= {} if high is None else {"max": high}
    defaults |= {"custom": custom} if custom else {}
    made = {
        "type": kind, "title": title, "description": describe(what, source, good, do, watched),
        "datasource": DATASOURCE, "gridPos": {"w": w, "h": h},
        "fieldConfig": {"defaults": defaults, "overrides": overrides or []},
        "options": options or {},
        "targets": [target(number, *query, instant=instant, format=format)
                    for number, query in enumerate(queries)]}
    made |= {"interval": interval} if interval else {}
    made |= {"transformations": transformations} if transformations else {}
    return made


def target(number, query, legend, instant, format):
    return {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "expr": select(query),
            "legendFormat": legend, "instant": instant, "range": not instant, "format": format,
            "editorMode": "code"}


def timeseries(title, unit, queries, *, w=8, stacked=False, negative=None, watched=(), **more):
    """Lines over time; negative: regular expression of the legends drawn below zero."""
    custom = {
        "drawStyle": "line", "lineWidth": 1, "fillOpacity": 40 if stacked else 8,
        "showPoints": "never", "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if watched else "off"}}
    overrides = [{
        "matcher": {"id": "byRegexp", "options": negative},
        "properties": [{"id": "custom.transform", "value": "negative-Y"}]}] if negative else []
    return panel("timeseries", title, unit, queries, w=w, watched=watched, custom=custom,
                 overrides=overrides, options={"legend": LEGEND, "tooltip": TOOLTIP}, **more)


def stat(title, unit, queries, *, w=4, h=4, **more):
    """The latest values, with their history in the background."""
    return panel("stat", title, unit, queries, w=w, h=h, colour="thresholds", options={
        "colorMode": "value", "graphMode": "area", "justifyMode": "auto",
        "orientation": "auto", "reduceOptions": LAST, "showPercentChange": False,
        "textMode": "auto", "wideLayout": True, "percentChangeColorMode": "standard"}, **more)


def gauge(title, unit, queries, *, w=4, h=4, low=0, high=1, **more):
    return panel("gauge", title, unit, queries, w=w, h=h, low=low, high=high,
                 colour="thresholds", options={
                     "orientation": "auto", "reduceOptions": LAST,
                     "showThresholdLabels": False, "showThresholdMarkers": True,
                     "minVizHeight": 75, "minVizWidth": 75, "sizing": "auto",
                     "shape": "gauge", "barShape": "flat", "barWidthFactor": 0.5,
                     "segmentCount": 1, "segmentSpacing": 0.3, "effects": {},
                     "sparkline": False}, **more)


def bars(title, unit, queries, *, w=8, low=0, **more):
    return panel("bargauge", title, unit, queries, w=w, low=low, colour="thresholds",
                 instant=True, options={
                     "displayMode": "basic", "orientation": "horizontal",
                     "reduceOptions": LAST, "showUnfilled": True, "valueMode": "color",
                     "namePlacement": "auto", "sizing": "auto", "minVizHeight": 16,
                     "minVizWidth": 8, "maxVizHeight": 40,
                     "legend": LEGEND | {"showLegend": False}}, **more)


def table(title, unit, queries, *, w=8, value="Value", hidden=(), watched=(), **more):
    """The latest values with their labels; value: heading of the value column, None to hide it."""
    unwanted = ["Time", *hidden] + ([] if value else ["Value"])
    organize = {"id": "organize", "options": {
        "excludeByName": dict.fromkeys(unwanted, True), "indexByName": {},
        "renameByName": {"Value": value} if value else {}}}
    cell = {"type": "color-text"} if watched else {"type": "auto"}
    return panel("table", title, unit, queries, w=w, watched=watched, colour="thresholds",
                 instant=True, format="table", transformations=[organize],
                 custom={"align": "auto", "cellOptions": cell, "inspect": False},
                 options={"showHeader": True, "cellHeight": "sm",
                          "sortBy": [{"displayName": value, "desc": True}] if value else []},
                 **more)


def states(title, queries, *, w=8, mappings=None, **more):
    """Values of 0 or 1 over time."""
    return panel("state-timeline", title, "none", queries, w=w, colour="thresholds",
                 mappings=mappings or YES_NO, custom={"lineWidth": 0, "fillOpacity": 70},
                 options={"mergeValues": True, "showValue": "never", "alignValue": "left",
                          "rowHeight": 0.9, "tooltip": {"mode": "single", "sort": "none"},
                          "legend": LEGEND | {"displayMode": "list", "calcs": []}}, **more)


def heatmap(title, unit, queries, *, w=8, **more):
    """A histogram over time; unit: of the bucket bounds."""
    return panel("heatmap", title, unit, queries, w=w, format="heatmap", options={
        "calculate": False, "cellGap": 1, "cellValues": {"unit": "short"},
        "color": {"mode": "scheme", "scheme": "Oranges", "fill": "dark-orange",
                  "exponent": 0.5, "steps": 64, "reverse": False},
        "exemplars": {"color": "rgba(255,0,255,0.7)"}, "filterValues": {"le": 1e-9},
        "legend": {"show": True}, "rowsFrame": {"layout": "auto"}, "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit}}, **more)


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


def annotation(name, colour, query, title, text):
    return {"name": name, "datasource": DATASOURCE, "enable": True, "hide": False,
            "iconColor": colour, "expr": select(query), "titleFormat": title,
            "textFormat": text, "tagKeys": "", "step": "60s", "useValueForTime": False}


def dashboard(uid, title, about, rows, variables, annotations, others):
    """A complete dashboard; others: {uid: title} of the dashboards that it links to."""
    source = {"type": "datasource", "name": "datasource", "label": "Data source",
              "query": "prometheus", "current": {"text": "Prometheus", "value": "prometheus"},
              "refresh": 1, "regex": "", "options": [], "hide": 0, "multi": False,
              "includeAll": False, "skipUrlSync": False}
    return {
        "uid": uid, "title": title, "description": about, "tags": ["ipfs-peers"],
        "schemaVersion": 42, "version": 1, "editable": False, "graphTooltip": 1,
        "fiscalYearStartMonth": 0, "timezone": "browser", "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"}, "timepicker": {}, "weekStart": "",
        "links": [{
            "type": "link", "title": other, "url": f"/d/{key}", "icon": "dashboard",
            "tooltip": f"{other} for the same peers and time range", "includeVars": True,
            "keepTime": True, "targetBlank": False, "asDropdown": False, "tags": []}
            for key, other in others.items()],
        "templating": {"list": [source, *variables]},
        "annotations": {"list": annotations},
        "panels": lay_out(rows)}


def write(made):
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"
