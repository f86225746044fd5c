"""Test data of the collectors: one module per collector, found by listing this folder.

A module has

    expected(answers)  yields (sample name, labels, value): the expected series of a recording,
                       computed independently of the exporter

and these, unless they have their default value:

    UNSUPPORTED = {}   releases (the number after 0.) without support, by scenario
    JS_IPFS = False    whether js-ipfs supports it
    TWICE = False      whether it reads results of another collector or of its own last poll
    FLAGS = ()         additional flags of the exporter
    CALLS = ()         calls that these flags add
"""

import importlib
import pathlib

NAMES = sorted(path.stem for path in pathlib.Path(__file__).parent.glob("[a-z]*.py"))
_MODULES = {name: importlib.import_module(f"collectors.{name}") for name in NAMES}


def known(collector, fact, default):
    """The value of `fact`, such as "TWICE", in the module of the collector."""
    return getattr(_MODULES[collector], fact, default)
