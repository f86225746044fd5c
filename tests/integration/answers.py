"""The recorded replies of a daemon, from which the expected series are computed."""

import json
from datetime import datetime

from exposition import Page

ALL = range(100)  # releases of Kubo (the number after 0.)


def timestamp(text):
    return datetime.fromisoformat(text).timestamp()


class Answers:
    """The recorded replies by call; None for a failed call."""

    def __init__(self, calls):
        self._bodies = {(call["method"], call["path"], call["query"]): call["body"]
                        for call in calls if call["status"] == 200}

    def get(self, path, query=""):
        """As JSON."""
        text = self._bodies.get(("POST", f"/api/v0/{path}", query))
        return json.loads(text) if text else None

    def lines(self, path, query):
        """As a stream of JSON, one value per line; it may be empty."""
        text = self._bodies["POST", f"/api/v0/{path}", query]
        return [json.loads(line) for line in text.splitlines()]

    def metrics(self):
        """The daemon's own metrics."""
        return Page(self._bodies["GET", "/debug/metrics/prometheus", ""])
