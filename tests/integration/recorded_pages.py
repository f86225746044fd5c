"""Pages in every format for readers that are not ours.

Of each recorded daemon, and of a peer that serves one document after the other.
"""

import dataclasses

from harness import TESTS, StatsSocket
from cells import settle
from exposition import Page
from page_formats import FORMATS, TYPES
from test_peer_table import TABLE
from test_versions import RecordedTest

RECORDINGS = sorted(str(path.relative_to(TESTS / "recorded").with_suffix(""))
                    for path in (TESTS / "recorded").glob("v*/*.json"))
# Values of these series change between two pages, and the format counts these scrapes.
CHANGING = ("process_", "ipfs_peer_exporter_")
SCRAPES = "ipfs_peer_exporter_scrapes_total"

# What the formats write differently, as a peer's Prometheus text.
DOCUMENTS = {
    "counters with and without _total": """
# TYPE a counter
a 1
# TYPE b_total counter
b_total 2
# TYPE c_seconds_total counter
c_seconds_total{d="e"} 0.5
""",
    "names of one metric with and without a suffix": """
# TYPE a gauge
a 1
# TYPE a_total counter
a_total 2
# TYPE b counter
b 3
# TYPE b_total counter
b_total 4
# TYPE c gauge
c 5
# TYPE c_info gauge
c_info{v="1"} 1
# TYPE d gauge
d 6
# TYPE d_created gauge
d_created 7
# TYPE d_total counter
d_total 8
""",
    "gauges with the suffixes of other types": """
# TYPE a_total gauge
a_total 1
# TYPE b_count gauge
b_count 2
# TYPE c_sum gauge
c_sum 3
# TYPE d_bucket gauge
d_bucket{le="x"} 4
# TYPE e_created gauge
e_created 5
# TYPE f_info gauge
f_info{v="1"} 6
# TYPE g_gsum gauge
g_gsum 7
# TYPE h_gcount gauge
h_gcount 8
""",
    "untyped suffixes": """
a_total 1
b_count 2
c_sum 3
d_bucket 4
e_created 5
f_info 6
""",
    "info": """
# TYPE a_info gauge
a_info{v="1"} 1
# TYPE b_info gauge
b_info{v="1"} 1
b_info{v="2"} 0
# TYPE c_seconds_info gauge
c_seconds_info{v="1"} 1
""",
    "units": """
# TYPE a_seconds gauge
a_seconds 1
# TYPE b_bytes gauge
b_bytes 2
# TYPE c_bytes_total counter
c_bytes_total 3
# TYPE d_celsius gauge
d_celsius -4
# TYPE e_ratio gauge
e_ratio 0.5
# TYPE seconds gauge
seconds 6
# TYPE f_seconds histogram
f_seconds_bucket{le="1"} 1
f_seconds_bucket{le="+Inf"} 1
f_seconds_sum 0.5
f_seconds_count 1
""",
    "distributions": """
# TYPE a histogram
a_bucket{le="-1"} 1
a_bucket{le="0"} 2
a_bucket{le="1000000"} 3
a_bucket{le="1e21"} 3
a_bucket{le="+Inf"} 4
a_sum -7.5
a_count 4
# TYPE b histogram
b_bucket{k="x",le="+Inf"} 0
b_sum{k="x"} 0
b_count{k="x"} 0
b_bucket{k="y",le="0.1"} 1
b_bucket{k="y",le="+Inf"} 1
b_sum{k="y"} 0.05
b_count{k="y"} 1
# TYPE c summary
c{quantile="0"} -1
c{quantile="0.5"} 1
c{quantile="1"} 2
c_sum 3
c_count 2
# TYPE d summary
d_sum -3
d_count 2
# TYPE e histogram
e_bucket{le="1"} 1
e_sum 1
# TYPE f summary
f{quantile="0.9"} 1
""",
    "distributions that break a rule": """
# TYPE a summary
a{quantile="1.5"} 1
a_sum 1
a_count 1
# TYPE b summary
b{quantile="0.5"} -1
b_sum -1
b_count 1
# TYPE c histogram
c_bucket{le="1"} 1
c_bucket{le="+Inf"} 1
c_sum -1
c_count 1
""",
    "texts": r"""
# HELP a a "quoted" \\ backslash, a \n newline, a {brace} and ü
# TYPE a gauge
a{b="\"quoted\" \\ \n {brace} = , # EOF ü",c="\\"} 1
# HELP b # EOF
# TYPE b gauge
b 2
""",
    "numbers": """
# TYPE a gauge
a{b="1"} 1e300
a{b="2"} -5e-324
a{b="3"} 123456789012345680
a{b="4"} 0.1
a{b="5"} -0
# TYPE c_total counter
c_total 1.7976931348623157e308
""",
}


@dataclasses.dataclass
class Served:
    """One page: whose it is, its format and its bytes, and what it says in text 0.0.4."""
    of: str
    format: str
    content_type: str
    text: str
    classic: Page

    @property
    def samples(self):
        return self.classic.samples()


def pages(of, exporter, path):
    """The page at `path` in each format."""
    served = {}
    for name, accept in FORMATS.items():
        status, headers, text = exporter.get(path, accept=accept)
        if status != 200:
            raise AssertionError(f"{of} {path}: {status}")
        served[name] = headers["Content-Type"], text
    classic = Page(served["PrometheusText0.0.4"][1])
    return [Served(f"{of} {path}", name, *page, classic) for name, page in served.items()]


class PagesTest(RecordedTest):
    """A test with pages; the exporters are asked once for all its tests."""
    _pages = {}

    def recorded(self):
        """The pages of each recorded daemon, and of its own metrics."""
        return self._once("recorded", self._ask_recorded)

    def peers(self):
        """The pages of a peer with each document."""
        return self._once("peers", self._ask_peers)

    def _once(self, name, ask):
        if name not in self._pages:
            self._pages[name] = list(ask())
        return self._pages[name]

    def start_all(self):
        """Yields each recorded daemon and its exporter, which has polled it."""
        running = {name: self.start_one(name) for name in RECORDINGS}
        for name, (_, exporter, collectors) in running.items():
            settle(exporter, collectors)
            yield name, exporter, collectors

    def _ask_recorded(self):
        for name, exporter, collectors in self.start_all():
            yield from pages(name, exporter, "/metrics")
            if "native" in collectors:
                yield from pages(name, exporter, "/metrics/native")

    def _ask_peers(self):
        document = [b""]
        peer = self.enterContext(StatsSocket(
            self.temporary() / "stats.sock",
            lambda connection, _: connection.sendall(document[0])))
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={peer.address}",
                                 "--peer.interval=20ms")
        documents = {name: row[0] for name, row in TABLE.items()} | DOCUMENTS
        for name, text in documents.items():
            document[0] = text if isinstance(text, bytes) else text.encode()
            # The poll that runs now may have read the document before.
            poll = exporter.wait_poll("peer.stats", len(exporter.log))
            exporter.wait_poll("peer.stats", poll["at"], result="ok")
            yield from pages(name, exporter, "/metrics/peer")
