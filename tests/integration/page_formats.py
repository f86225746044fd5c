"""The formats of the pages, and readers that are not ours.

A reader is a function of the type and the text of a page. It returns the samples, {(sample name,
labels): value}, or raises an error if it refuses the page.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import threading

from harness import PATIENCE, REPOSITORY
from exposition import labels_key

# What Prometheus 3 asks for, by its names of the formats.
FORMATS = {
    "PrometheusText0.0.4": "text/plain;version=0.0.4",
    "PrometheusText1.0.0": "text/plain;version=1.0.0;escaping=allow-utf-8",
    "OpenMetricsText1.0.0": "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8",
}
TYPES = {
    "PrometheusText0.0.4": "text/plain; version=0.0.4; charset=utf-8",
    "PrometheusText1.0.0": "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    "OpenMetricsText1.0.0":
        "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
}

# scripts/setup.sh makes these; a test without its tool is skipped.
CLIENT = REPOSITORY / "build" / "prometheus-client"
EXPFMT = REPOSITORY / "build" / "tools" / "expfmt" / "expfmt"
PROMETHEUS_3 = REPOSITORY / "build" / "tools" / "prometheus"


def tools(name):
    """Prometheus 3's program of this name and the one of the PATH; those that are there."""
    newest = PROMETHEUS_3 / name
    return [str(newest)] * newest.exists() + [found for found in [shutil.which(name)] if found]


def is_text(content_type):
    return content_type.startswith("text/plain;")


def distinct(samples):
    """The samples as a dictionary; ValueError if a series is there twice."""
    found = {}
    for name, labels, value in samples:
        key = name, labels_key(labels)
        if key in found:
            raise ValueError(f"{key} is there twice")
        found[key] = value
    return found


def same(one, other):
    """Whether two values are the same; NaN is the same as NaN."""
    return one == other or (one != one and other != other)


def canonical(samples):
    """The samples with bounds as numbers: expfmt prints le="1.0" as le="1"."""
    def bound(pair):
        with contextlib.suppress(ValueError):  # le="x" of a gauge
            return (pair[0], float(pair[1])) if pair[0] in ("le", "quantile") else pair
        return pair

    return {(name, frozenset(map(bound, labels))): value
            for (name, labels), value in samples.items()}


def read_with_client(content_type, page):
    """Python's prometheus_client; it adds _total to the name of each counter."""
    if str(CLIENT) not in sys.path:
        sys.path.append(str(CLIENT))
    from prometheus_client import openmetrics, parser
    import prometheus_client.openmetrics.parser  # noqa: F401
    module = parser if is_text(content_type) else openmetrics.parser
    return distinct((sample.name, sample.labels, sample.value)
                    for family in module.text_string_to_metric_families(page)
                    for sample in family.samples)


class Expfmt(contextlib.AbstractContextManager):
    """Prometheus' readers in Go: tests/tools/expfmt as a child that answers line by line."""

    def __init__(self):
        self._process = subprocess.Popen(
            [EXPFMT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, reader, content_type, page):
        """With the reader "expfmt" or "textparse"."""
        request = {"reader": reader, "content_type": content_type, "page": page}
        watch = threading.Timer(PATIENCE, self._process.kill)
        watch.start()
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
        finally:
            watch.cancel()
        if "error" in answer:
            raise ValueError(answer["error"])
        return distinct((sample["name"], sample["labels"], float(sample["value"]))
                        for sample in answer["samples"])

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()


def promtool_says(promtool, page):
    """What promtool complains about in a page of a text format; "" if nothing."""
    checked = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True,
                             text=True, timeout=PATIENCE)
    told = checked.stdout + checked.stderr
    return told or ("" if checked.returncode == 0 else f"exit code {checked.returncode}")
