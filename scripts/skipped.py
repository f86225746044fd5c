"""Prints which tests of these JUnit files of ctest were skipped: `skipped: N (names)`.

That is whole tests, and what `python3 -m unittest -v` said inside of one.
"""

import re
import sys
import xml.etree.ElementTree

SKIPPED_BY_UNITTEST = re.compile(r"^(\w+) \([\w.]+\)(?:\n.*)? \.\.\. skipped", re.MULTILINE)


def skipped(case):
    if case.get("status") == "notrun":
        return [case.get("name")]
    return SKIPPED_BY_UNITTEST.findall(case.findtext("system-out", ""))


names = []
for path in sys.argv[1:]:
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        names += skipped(case)
print(f"skipped: {len(names)} ({' '.join(names)})")
