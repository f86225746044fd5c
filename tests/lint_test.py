#!/usr/bin/env python3
"""Format and lint checks of all files in git; a tool that is not installed skips its test.

.ci/run installs the tools. clang-tidy takes over a minute, and runs only with SLOW=1.
"""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
BUILD = os.environ.get("BUILD", REPOSITORY / "build/dev")


@unittest.skipUnless((REPOSITORY / ".git").exists(), "not a git tree")
class LintTest(unittest.TestCase):
    maxDiff = None  # all that a tool finds

    def tool(self, name):
        if shutil.which(name) is None:
            self.skipTest(f"{name} is not installed")
        return name

    def files(self, *patterns):
        listed = subprocess.run(["git", "ls-files", "--deduplicate", "-co", "--exclude-standard",
                                 *patterns], cwd=REPOSITORY, check=True, capture_output=True,
                                text=True).stdout.splitlines()
        return [file for file in listed if (REPOSITORY / file).exists()]

    def run_tool(self, *command):
        """What the tool prints; empty if it finds nothing."""
        done = subprocess.run(command, cwd=REPOSITORY, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        return done.stdout if done.returncode else ""

    def test_no_marks_of_a_merge(self):
        found = subprocess.run(["git", "grep", "-nE", "^(<{7}|>{7})( |$)"], cwd=REPOSITORY,
                               capture_output=True, text=True, check=False)
        self.assertEqual(found.stdout, "")

    # Version 14 by name, because each version formats and finds other things.
    def test_format_of_cpp(self):
        self.assertEqual("", self.run_tool(
            self.tool("clang-format-14"), "--dry-run", "--Werror", *self.files("*.cc", "*.h")))

    def test_python(self):
        # Alignment of continuation lines is free.
        self.assertEqual("", self.run_tool(
            self.tool("flake8"), "--max-line-length=100", "--extend-ignore=E127,E128",
            *self.files("*.py")))

    def test_shell(self):
        self.assertEqual("", self.run_tool(
            self.tool("shellcheck"), "--external-sources",
            *self.files("*.sh", "*.bash", "run", "check", ".ci/run", "packaging/*/build",
                        "packaging/image/root", "packaging/deb/p*",
                        *(f"tests/cluster/{name}" for name in
                          ("up", "down", "enter", "node", "run")))))

    @unittest.skipUnless(os.environ.get("SLOW"), "SLOW is not set")
    def test_clang_tidy(self):
        tool = self.tool("clang-tidy-14")
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            found = pool.map(lambda file: self.run_tool(tool, "-p", BUILD, "--quiet", file),
                             self.files("adapters/*.cc", "exporter/*.cc"))
            self.assertEqual("", "".join(found))


if __name__ == "__main__":
    unittest.main()
