"""Other readers accept every page in every format, and read the same samples from each."""

import unittest

from page_formats import (
    CLIENT, EXPFMT, TYPES, Expfmt, canonical, is_text, promtool_says, read_with_client, same, tools)
from recorded_pages import CHANGING, SCRAPES, PagesTest


def renamed_by_client(page):
    """{sample name: prometheus_client's name for it} of the counters in a text format."""
    if not is_text(page.content_type):
        return {}
    return {name: f"{name}_total" for name, family in page.classic.families.items()
            if family.type == "counter" and not name.endswith("_total")}


class PageReadersTest(PagesTest):
    def check(self, served, read):
        """A reader's samples are those of the text format 0.0.4."""
        for page in served:
            with self.subTest(page.of, format=page.format):
                self.check_samples(read(page.content_type, page.text), page.samples)

    def check_samples(self, found, wanted):
        def series(samples):
            return {key for key in samples if key[0] != SCRAPES}

        found, wanted = canonical(found), canonical(wanted)
        self.assertEqual(series(found), series(wanted))
        different = {key: (value, wanted[key]) for key, value in found.items()
                     if not key[0].startswith(CHANGING) and not same(value, wanted[key])}
        self.assertEqual(different, {})

    def test_the_types_of_the_pages(self):
        for page in self.recorded():
            wanted = "PrometheusText0.0.4" if "/native" in page.of else page.format
            self.assertEqual(page.content_type, TYPES[wanted], page.of)

    def test_each_recording_and_document_is_there(self):
        self.assertGreaterEqual(len({page.of for page in self.recorded()}), 97)
        self.assertGreaterEqual(len({page.of for page in self.peers()}), 100)
        self.assertTrue(all(page.classic.value("peer_up") == 1 for page in self.peers()))

    def test_the_lines_are_the_same_in_each_format(self):
        pages = self.peers()
        for page, classic in zip(pages, (pages[at // 3 * 3] for at in range(len(pages)))):
            with self.subTest(page.of, format=page.format):
                self.assertEqual(page.lines, classic.lines)

    @unittest.skipUnless(CLIENT.exists(), "prometheus_client is not there: ./check does that")
    def test_prometheus_client(self):
        for page in self.recorded() + self.peers():
            renamed = renamed_by_client(page)
            if {*renamed.values()} & page.classic.families.keys():
                continue  # it would take two counters for one
            with self.subTest(page.of, format=page.format):
                self.check_samples(
                    read_with_client(page.content_type, page.text),
                    {(renamed.get(name, name), labels): value
                     for (name, labels), value in page.samples.items()})

    @unittest.skipUnless(EXPFMT.exists(), "tests/tools/expfmt is not built: ./check does that")
    def test_expfmt(self):
        expfmt = self.enterContext(Expfmt())
        self.check([page for page in self.recorded() + self.peers() if is_text(page.content_type)],
                   lambda *page: expfmt.read("expfmt", *page))

    @unittest.skipUnless(EXPFMT.exists(), "tests/tools/expfmt is not built: ./check does that")
    def test_the_parser_of_prometheus(self):
        expfmt = self.enterContext(Expfmt())
        self.check(self.recorded() + self.peers(), lambda *page: expfmt.read("textparse", *page))

    @unittest.skipUnless(EXPFMT.exists(), "tests/tools/expfmt is not built: ./check does that")
    def test_the_parsers_would_refuse(self):
        expfmt = self.enterContext(Expfmt())
        for content_type, page in (TYPES["PrometheusText0.0.4"], "a{ 1\n"), (
                TYPES["OpenMetricsText1.0.0"], "# TYPE a gauge\na 1\n"):
            with self.assertRaises(ValueError):
                expfmt.read("textparse", content_type, page)
        with self.assertRaises(ValueError):
            expfmt.read("expfmt", TYPES["PrometheusText0.0.4"], "a{ 1\n")

    @unittest.skipUnless(tools("promtool"), "promtool is not installed")
    def test_promtool(self):
        # Without linting: names and types of the native page are the daemon's.
        for page in self.recorded():
            if page.format == "PrometheusText0.0.4" and "/native" not in page.of:
                with self.subTest(page.of):
                    self.assertEqual(promtool_says(tools("promtool")[0], page.text), "")


if __name__ == "__main__":
    unittest.main()
