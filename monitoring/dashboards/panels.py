"""Panels in Grafana's classic JSON (schemaVersion 42)."""

import alerts
from queries import select

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}

LEGEND = {"displayMode": "table", "placement": "bottom", "showLegend": True,
          "calcs": ["lastNotNull", "max"]}
TOOLTIP = {"mode": "multi", "sort": "desc"}
LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}
YES_NO = [{"type": "value", "options": {
    "0": {"text": "no", "color": "red", "index": 0},
    "1": {"text": "yes", "color": "green", "index": 1}}}]


def describe(what, source, good, do, names):
    parts = [what, f"**Source** {source}", f"**Expected** {good}", f"**What to do** {do}"]
    if names:
        parts.append(f"**Alerts** {', '.join(names)}: see the links of this panel.")
    return "\n\n".join(parts)


def link(title, url, where="_blank"):
    return {"type": "link", "title": title, "url": url, "icon": "external link", "tooltip": title,
            "includeVars": False, "keepTime": False, "targetBlank": where == "_blank",
            "asDropdown": False, "tags": []}


def panel(kind, title, unit, queries, *, what, source, good, do, w, h=8, watched=(), related=(),
          limits=(), colour="palette-classic", options=None, custom=None, low=None, high=None,
          interval=None, points=None, mappings=None, instant=False, format="time_series",
          overrides=None, transformations=None, detail=None, no_value="no data"):
    """A panel without its position. queries: (PromQL, legend).

    watched: alerts on the value of the panel, whose thresholds colour it; related: other alerts
    that it explains; limits: further (operator, number, colour). low and high are the ends of the
    axis. interval: shortest step; four polls of a slow collector, so that $__rate_interval holds
    two. detail: uid of the dashboard with more about an instance; points: most steps.
    """
    defaults = {
        "color": {"mode": colour}, "unit": unit, "noValue": no_value,
        "mappings": mappings or [],
        "thresholds": {"mode": "absolute",
                       "steps": alerts.steps([*alerts.limits(watched, str(queries)), *limits])}}
    defaults |= {} if low is None else {"min": low}
    defaults |= {} if high is None else {"max": high}
    defaults |= {"custom": custom} if custom else {}
    defaults |= {"links": [to_instance(detail)]} if detail else {}
    names = [*watched, *related]
    made = {
        "type": kind, "title": title, "description": describe(what, source, good, do, names),
        "datasource": DATASOURCE, "gridPos": {"w": w, "h": h},
        "fieldConfig": {"defaults": defaults, "overrides": overrides or []},
        "options": options or {},
        "targets": [target(number, *query, instant=instant, format=format)
                    for number, query in enumerate(queries)]}
    made |= {"links": [link(*one) for one in alerts.links(names)]} if names else {}
    made |= {"interval": interval} if interval else {}
    made |= {"maxDataPoints": points} if points else {}
    made |= {"transformations": transformations} if transformations else {}
    return made


def to_instance(uid, name="${__field.labels.instance}"):
    """A link from a value to the dashboard about its instance."""
    return {"title": "This instance in detail", "targetBlank": False,
            "url": f"/d/{uid}?${{datasource:queryparam}}&${{cluster:queryparam}}"
                   f"&var-instance={name}&${{__url_time_range}}"}


def target(number, query, legend, instant, format):
    return {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "expr": select(query),
            "legendFormat": legend, "instant": instant, "range": not instant, "format": format,
            "editorMode": "code"}


def timeseries(title, unit, queries, *, w=8, stacked=False, negative=None, watched=(),
               limits=(), **more):
    """Lines over time; negative: regular expression of the legends drawn below zero."""
    # A legend shows some three lines without scrolling: those that the query is about.
    order = {"sortBy": "Last *", "sortDesc": "bottomk(" not in queries[0][0]}
    custom = {
        "drawStyle": "line", "lineWidth": 1, "fillOpacity": 40 if stacked else 0,
        "showPoints": "never", "spanNulls": False,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if watched or limits else "off"}}
    overrides = [{
        "matcher": {"id": "byRegexp", "options": negative},
        "properties": [{"id": "custom.transform", "value": "negative-Y"}]}] if negative else []
    return panel("timeseries", title, unit, queries, w=w, watched=watched, limits=limits,
                 custom=custom, overrides=overrides,
                 options={"legend": LEGEND | order, "tooltip": TOOLTIP}, **more)


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


def table(title, unit, queries, *, w=8, value="Value", hidden=(), watched=(), limits=(),
          order="desc", detail=None, renamed=None, columns=None, **more):
    """The latest values with their labels; value: heading of the value column, None to hide it.

    columns: the first labels, as Grafana's own order is alphabetical; without a value the first
    one sorts the rows.
    """
    unwanted = ["Time", *hidden] + ([] if value else ["Value"])
    organize = {"id": "organize", "options": {
        "excludeByName": dict.fromkeys(unwanted, True),
        "indexByName": {name: place for place, name in
                        enumerate(columns or ("cluster", "instance"))},
        "renameByName": (renamed or {}) | ({"Value": value} if value else {})}}
    overrides = [{
        "matcher": {"id": "byName", "options": "instance"},
        "properties": [{"id": "links", "value": [to_instance(detail, "${__value.text}")]}],
    }] if detail else []
    cell = {"type": "color-text"} if watched or limits else {"type": "auto"}
    return panel("table", title, unit, queries, w=w, watched=watched, limits=limits,
                 colour="thresholds", instant=True, format="table", transformations=[organize],
                 overrides=overrides,
                 custom={"align": "auto", "cellOptions": cell, "inspect": False},
                 options={"showHeader": True, "cellHeight": "sm", "sortBy": [
                     {"displayName": value, "desc": order == "desc"}] if value else [
                     {"displayName": name, "desc": False} for name in (columns or ())[:1]]},
                 **more)


def states(title, queries, *, w=8, mappings=None, **more):
    """Values of 0 or 1 over time."""
    return panel("state-timeline", title, "none", queries, w=w, colour="thresholds",
                 mappings=mappings or YES_NO, custom={"lineWidth": 0, "fillOpacity": 70},
                 options={"mergeValues": True, "showValue": "never", "alignValue": "left",
                          "rowHeight": 0.9, "tooltip": {"mode": "single", "sort": "none"},
                          "legend": LEGEND | {"displayMode": "list", "calcs": []}}, **more)


def heatmap(title, unit, queries, *, w=8, **more):
    """A histogram over time; unit: of the bucket bounds. A column takes some pixels."""
    return panel("heatmap", title, unit, queries, w=w, format="heatmap", points=100, options={
        "calculate": False, "cellGap": 1, "cellValues": {"unit": "short"},
        "color": {"mode": "scheme", "scheme": "Oranges", "fill": "dark-orange",
                  "exponent": 0.5, "steps": 64, "reverse": False},
        "exemplars": {"color": "rgba(255,0,255,0.7)"}, "filterValues": {"le": 1e-9},
        "legend": {"show": True}, "rowsFrame": {"layout": "auto"}, "showValue": "never",
        "tooltip": {"mode": "single", "showColorScale": True, "yHistogram": False},
        "yAxis": {"axisPlacement": "left", "reverse": False, "unit": unit}}, **more)
