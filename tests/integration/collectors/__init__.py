"""What the tests know of each collector: one module each, found by listing this folder.

A module has

    expected(answers)  yields (sample name, labels, value): what docs/metrics.md wants of a
                       recording, computed a second time and in another way

and, where it is not as here,

    UNSUPPORTED = {}   by scenario the releases (the number after 0.) that have no answer
    JS_IPFS = False    whether js-ipfs has one
    TWICE = False      whether it reads what another collector or its own last poll found
    FLAGS = ()         what else the exporter is started with
    CALLS = ()         what it asks because of them
"""

import importlib
import pathlib

NAMES = sorted(path.stem for path in pathlib.Path(__file__).parent.glob("[a-z]*.py"))
_MODULES = {name: importlib.import_module(f"collectors.{name}") for name in NAMES}


def known(collector, fact, default):
    """What the collector's module says of this, such as "TWICE"."""
    return getattr(_MODULES[collector], fact, default)
