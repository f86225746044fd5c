"""Shared by the tests of the Debian package: builds it."""

import atexit
import functools
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

from harness import BINARY, REPOSITORY, clean_environment  # noqa: E402

DEB = REPOSITORY / "packaging" / "deb"
NAME = "ipfs-peer-exporter"
MACHINE = platform.machine()
STATICS = {arch: REPOSITORY / "build" / "static" / name / "ipfs_peer_exporter" for arch, name in
           (("amd64", "x86_64"), ("arm64", "aarch64"), ("armhf", "armv7"))}
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}.get(MACHINE)
STATIC = REPOSITORY / "build" / "static" / MACHINE / "ipfs_peer_exporter"
# The package is built with the ordinary program where there is no static one.
PROGRAM = STATIC if STATIC.exists() else pathlib.Path(BINARY).resolve()

needs_dpkg = unittest.skipUnless(
    ARCH and os.path.exists("/usr/bin/dpkg-deb"), "dpkg-deb is not installed")


def needs_static(arch=ARCH):
    """Skips a test without the static program for this architecture."""
    program = STATICS.get(arch, STATIC)
    return unittest.skipUnless(
        program.exists(), f"there is no {program.relative_to(REPOSITORY)}: packaging/static/build")


def run(*command, **options):
    """What the command prints, with its errors; raises an error with it if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env=clean_environment(options.pop("env", None)), **options)
    if done.returncode:
        raise AssertionError(f"{command}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def build(folder, arch=ARCH, program=None, **env):
    """The path of a new package in the folder."""
    return pathlib.Path(run(DEB / "build", arch, program or PROGRAM, folder, env=env).split()[-1])


def program_of(arch):
    return PROGRAM if arch == ARCH else STATICS[arch]


@functools.cache
def built(arch=ARCH):
    """The path of a package for reading, which is removed with the process."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    return build(folder.name, arch, program_of(arch))


def project_version():
    text = (REPOSITORY / "CMakeLists.txt").read_text()
    return re.search(r"^project\(.* VERSION ([\d.]+)", text, re.MULTILINE)[1]
