"""Prints which tests were skipped, from the JUnit files of ctest: `skipped: N (names)`.

Counts whole tests, and single tests that `python3 -m unittest -v` reported as skipped. Before that
it prints how many bounds on time and memory were not checked because of a sanitizer or emulator.
"""

import re
import sys
import xml.etree.ElementTree

SKIPPED_BY_UNITTEST = re.compile(r"^(\w+) \([\w.]+\)(?:\n.*)? \.\.\. skipped", re.MULTILINE)
NOT_HELD = re.compile("not held with ")


def skipped(case):
    if case.get("status") == "notrun":
        return [case.get("name")]
    return SKIPPED_BY_UNITTEST.findall(case.findtext("system-out", ""))


names = []
not_held = 0
for path in sys.argv[1:]:
    for case in xml.etree.ElementTree.parse(path).iter("testcase"):
        names += skipped(case)
        not_held += len(NOT_HELD.findall(case.findtext("system-out", "")))
print(f"bounds not held because of a sanitizer or emulator: {not_held}")
print(f"skipped: {len(names)} ({' '.join(names)})")
