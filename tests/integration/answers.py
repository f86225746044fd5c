"""The recorded answers of a daemon, for what is expected of them."""

import json
from datetime import datetime

from exposition import Page

ALL = range(100)  # releases of Kubo: the number after 0.


def timestamp(text):
    return datetime.fromisoformat(text).timestamp()


class Answers:
    """The recorded answers by call; None where there was no good one."""

    def __init__(self, calls):
        self._bodies = {(call["method"], call["path"], call["query"]): call["body"]
                        for call in calls if call["status"] == 200}

    def get(self, path, query=""):
        """As JSON."""
        text = self._bodies.get(("POST", f"/api/v0/{path}", query))
        return json.loads(text) if text else None

    def lines(self, path, query):
        """As a stream of JSON, a value on each line; none at all is a good answer too."""
        text = self._bodies["POST", f"/api/v0/{path}", query]
        return [json.loads(line) for line in text.splitlines()]

    def metrics(self):
        """What the daemon says to Prometheus."""
        return Page(self._bodies["GET", "/debug/metrics/prometheus", ""])
