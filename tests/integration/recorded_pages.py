"""Pages in every format for readers that are not ours.

Of each recorded daemon, and of a peer that serves one document after the other.
"""

import dataclasses

from harness import TESTS, StatsSocket
import test_formats
from cells import settle
from exposition import Page
from page_formats import FORMATS
from test_peer_table import TABLE
from test_versions import RecordedTest

RECORDINGS = sorted(str(path.relative_to(TESTS / "recorded").with_suffix(""))
                    for path in (TESTS / "recorded").glob("v*/*.json"))
AT_ONCE = 32
# Values of these series change between two pages, and the format counts these scrapes.
CHANGING = ("process_", "ipfs_peer_exporter_")
SCRAPES = "ipfs_peer_exporter_scrapes_total"

# What test_formats.py does not have, as a peer's Prometheus text.
DOCUMENTS = {
    "names of one metric with and without a suffix": """
# TYPE a counter
a 1
# TYPE a_total counter
a_total 2
# TYPE b gauge
b 3
# TYPE b_info gauge
b_info{v="1"} 1
# TYPE c gauge
c 4
# TYPE c_created gauge
c_created 5
# TYPE c_total counter
c_total 6
""",
    "suffixes of other types": """
# TYPE a_bucket gauge
a_bucket{le="x"} 1
# TYPE b_gsum gauge
b_gsum 2
# TYPE c_gcount gauge
c_gcount 3
d_total 4
e_created 5
f_bucket 6
""",
    "units": """
# TYPE a_seconds gauge
a_seconds 1
# TYPE b_bytes_total counter
b_bytes_total 2
# TYPE c_celsius gauge
c_celsius -3
# TYPE seconds gauge
seconds 4
# TYPE d_seconds_info gauge
d_seconds_info{v="1"} 1
""",
    "distributions": """
# TYPE a histogram
a_bucket{le="0"} 2
a_bucket{le="1000000"} 3
a_bucket{le="1e21"} 3
a_bucket{le="+Inf"} 4
a_sum 7.5
a_count 4
# TYPE b histogram
b_bucket{k="x",le="+Inf"} 0
b_sum{k="x"} 0
b_count{k="x"} 0
b_bucket{k="y",le="0.1"} 1
b_bucket{k="y",le="+Inf"} 1
b_sum{k="y"} 0.05
b_count{k="y"} 1
# TYPE c histogram
c_bucket{le="1"} 1
c_sum 1
# TYPE d summary
d{quantile="1.5"} 1
d_sum 1
d_count 1
# TYPE e summary
e_sum -3
e_count 2
# TYPE f summary
f{quantile="0.9"} 1
""",
    "texts": r"""
# HELP a A {brace}, \n and ü
# TYPE a gauge
a{b="\"quoted\" \\n \n {brace} = , # EOF ü",c="\\"} 1
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
DOCUMENTS |= {name: document for name, (document, _) in test_formats.DOCUMENTS.items()}


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

    @property
    def lines(self):
        """The lines of the samples that no poll changes, in any order."""
        return sorted(line for line in self.text.splitlines()
                      if not line.startswith(("#", *CHANGING)))


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

    def start_all(self, names=RECORDINGS):
        """Yields each recorded daemon and its exporter, which has polled it."""
        running = {name: self.start_one(name) for name in names}
        for name, (_, exporter, collectors) in running.items():
            settle(exporter, collectors)
            yield name, exporter, collectors

    def _ask_recorded(self):
        # Sanitized exporters need much memory, so not all run at once.
        for at in range(0, len(RECORDINGS), AT_ONCE):
            for name, exporter, collectors in self.start_all(RECORDINGS[at:at + AT_ONCE]):
                yield from pages(name, exporter, "/metrics")
                if "native" in collectors:
                    yield from pages(name, exporter, "/metrics/native")
                exporter.close()

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
