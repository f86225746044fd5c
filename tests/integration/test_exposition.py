"""The parser in exposition.py is strict, because the other tests rely on it."""

import unittest

from exposition import Page, labels_key

GAUGE = "# HELP a An a.\n# TYPE a gauge\n"
HISTOGRAM = "# HELP h An h.\n# TYPE h histogram\n"


class ExpositionTest(unittest.TestCase):
    def test_reads_a_page(self):
        page = Page(GAUGE + 'a{b="x\\n\\\\\\"y",c=""} -1e+05\na +Inf\n' + HISTOGRAM +
                    'h_bucket{le="1"} 1\nh_bucket{le="+Inf"} 2\nh_sum 3.5\nh_count 2\n')
        self.assertEqual(page.value("a", b='x\n\\"y', c=""), -1e5)
        self.assertEqual(page.value("a"), float("inf"))
        self.assertEqual(page.series("h_bucket"),
                         {labels_key({"le": "1"}): 1, labels_key({"le": "+Inf"}): 2})
        self.assertEqual(page.names("a", "h"), {"a", "h"})

    def test_refuses_what_is_not_one(self):
        for why, text in {
                "no TYPE": "# HELP a An a.\na 1\n",
                "no HELP": "# TYPE a gauge\na 1\n",
                "wrong order": "# TYPE a gauge\n# HELP a An a.\na 1\n",
                "unknown type": "# HELP a An a.\n# TYPE a number\na 1\n",
                "no samples": GAUGE,
                "family split": GAUGE + "a 1\n" + HISTOGRAM.replace("h", "b") + "a{x=\"\"} 1\n",
                "family twice": GAUGE + "a 1\n" + GAUGE + 'a{x="1"} 1\n',
                "series twice": GAUGE + "a 1\na 1\n",
                "series twice, labels swapped": GAUGE + 'a{b="",c=""} 1\na{c="",b=""} 1\n',
                "label twice": GAUGE + 'a{b="",b=""} 1\n',
                "escape in HELP": "# HELP a \\x\n# TYPE a gauge\na 1\n",
                "escape in label": GAUGE + 'a{b="\\x"} 1\n',
                "quote in label": GAUGE + 'a{b="""} 1\n',
                "comma at the end": GAUGE + 'a{b="",} 1\n',
                "lower-case nan": GAUGE + "a nan\n",
                "timestamp": GAUGE + "a 1 1700000000000\n",
                "empty line": GAUGE + "\na 1\n",
                "unfinished line": GAUGE + "a 1",
                "buckets fall": HISTOGRAM + 'h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\n'
                                            "h_sum 1\nh_count 1\n",
                "no +Inf": HISTOGRAM + 'h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n',
                "count differs": HISTOGRAM + 'h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n',
        }.items():
            with self.subTest(why), self.assertRaises(ValueError):
                Page(text)


if __name__ == "__main__":
    unittest.main()
