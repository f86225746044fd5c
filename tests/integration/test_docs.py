"""The examples of the documentation match the program."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from harness import BINARY, REPOSITORY, IntegrationTest, clean_environment, says
from fake_daemon import FakeDaemon, answers

DOCS = REPOSITORY / "docs"
PAGE = DOCS / "stats-socket.md"
OPERATIONS = DOCS / "operations.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FLAG = re.compile(r"--(?:ipfs|peer|web|log|collector|no-collector|config)\.[a-z_.-]*[a-z]")
FAMILY = re.compile(r"\bipfs_(?!peer_exporter\b)\w+")
# Lines of a page that a peer caused.
SHOWN = re.compile(r"(?:# (?:HELP|TYPE) )?peer_(?!up\b)|ipfs_peer_exporter_skipped_samples_total")


def blocks(path):
    """The fenced blocks of a page: [(language, text)]."""
    return BLOCK.findall(path.read_text())


def examples(path):
    """The documents of a page, each with the mapping before it and the lines after it."""
    mapping = None
    found = blocks(path)
    for (language, document), (following, lines) in zip(found, found[1:], strict=False):
        if language in ("json", "ini", "prometheus"):
            assert following == "text", f"{following} behind {document}"
            yield mapping, document, lines.splitlines()
        mapping = document if language == "yaml" else None


def shown(page, comments):
    return [line for line in page.splitlines()
            if SHOWN.match(line) and (comments or not line.startswith("#"))]


class StatsSocketTest(IntegrationTest):
    def read(self, url, *flags):
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats={url}", *flags)
        exporter.wait_poll("peer.stats", result="ok")
        return exporter.get("/metrics")[2]

    def test_each_document_gives_its_page(self):
        triples = list(examples(PAGE))
        self.assertEqual(len(triples), 6)
        for mapping, document, wanted in triples:
            with self.subTest(document):
                flags = []
                if mapping:
                    file = self.temporary() / "mapping.yml"
                    file.write_text(mapping)
                    flags = [f"--peer.mapping={file}"]
                page = self.read(self.stats_socket(says(document)).address, *flags)
                comments = any(line.startswith("#") for line in wanted)
                self.assertEqual(shown(page, comments), wanted)

    def test_the_same_over_http(self):
        _, document, wanted = next(examples(PAGE))
        peer = self.enterContext(FakeDaemon())
        peer.script("/stats", answers(document))
        self.assertEqual(shown(self.read(f"{peer.url}/stats"), comments=False), wanted)

    def test_the_whole_peer(self):
        [program] = [text for language, text in blocks(PAGE) if language == "python"]
        path = self.temporary() / "stats.sock"
        peer = subprocess.Popen([sys.executable, "-c", program, path])
        self.addCleanup(peer.wait)
        self.addCleanup(peer.kill)
        # The peer does not report when it is ready: the exporter may start before it.
        exporter = self.exporter("--ipfs.api=none", f"--peer.stats=unix:{path}",
                                 "--peer.interval=100ms")
        exporter.wait_poll("peer.stats", result="ok")
        self.assertEqual(exporter.page().value("peer_answer"), 42)


class NamesTest(unittest.TestCase):
    """The flags and families that the pages mention exist."""

    def test_flags(self):
        known = set(FLAG.findall(subprocess.run(
            [BINARY, "--help"], capture_output=True, text=True, check=True,
            env=clean_environment()).stdout))
        for path in (*REPOSITORY.glob("*.md"), *DOCS.glob("*.md")):
            named = {flag.replace("--no-collector", "--collector")
                     for flag in FLAG.findall(path.read_text())}
            self.assertEqual(named - known, set(), path.name)

    def test_families(self):
        known = {name for folder in ("adapters", "exporter")
                 for path in (REPOSITORY / folder).rglob("*.cc")
                 for name in re.findall(r'"(ipfs_\w+)"', path.read_text())}
        for path in (OPERATIONS, PAGE):
            named = set(FAMILY.findall(path.read_text()))
            self.assertEqual(named - known, set(), path.name)
            self.assertTrue(named & known, path.name)


def yaml_blocks(containing):
    return [text for language, text in blocks(OPERATIONS)
            if language == "yaml" and containing in text]


class ConfigTest(IntegrationTest):
    def test_the_file(self):
        [config] = yaml_blocks(containing="peer.stats:")
        path = self.temporary() / "exporter.yml"
        for text, code in (config, 0), (config.replace("peer.stats", "peer.stat"), 2):
            path.write_text(text)
            checked = subprocess.run(
                [BINARY, f"--config.file={path}", "--check-config"], capture_output=True,
                env=clean_environment())
            self.assertEqual(checked.returncode, code, checked.stderr)


class LeastRightsTest(IntegrationTest):
    """The commands of the page, with an `ipfs` that records its arguments."""

    def test_the_commands_can_be_pasted(self):
        [commands] = [text for language, text in blocks(OPERATIONS)
                      if language == "sh" and "--print-authorizations" in text]
        folder = self.temporary()
        (folder / "ipfs").write_text('#!/bin/sh\nprintf "%s\\0" "$@" > called\n')
        (folder / "ipfs").chmod(0o755)
        (folder / "ipfs_peer_exporter").symlink_to(pathlib.Path(BINARY).resolve())
        path = f"{folder}:{os.environ['PATH']}"
        done = subprocess.run(["sh", "-eu", "-c", commands], cwd=folder, capture_output=True,
                              text=True, env=clean_environment({"PATH": path}))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)  # the warning
        *called, value, _ = (folder / "called").read_text().split("\0")
        self.assertEqual(called, ["config", "--json", "API.Authorizations.ipfs_peer_exporter"])
        secret = folder / "ipfs-auth"
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        self.assertEqual(json.loads(value)["AuthSecret"], secret.read_text().strip())
        self.assertNotIn("REPLACE", value)


@unittest.skipUnless(shutil.which("promtool"), "promtool is not installed: ./check does that")
class PrometheusTest(IntegrationTest):
    def test_it_takes_the_renaming_of_labels(self):
        [relabelling] = [text for language, text in blocks(PAGE) if language == "yml"]
        path = self.temporary() / "prometheus.yml"
        path.write_text("scrape_configs:\n- job_name: peers\n" +
                        "".join(f"  {line}\n" for line in relabelling.splitlines()))
        checked = subprocess.run(["promtool", "check", "config", path],
                                 capture_output=True, text=True)
        self.assertEqual(checked.returncode, 0, checked.stderr)


if __name__ == "__main__":
    unittest.main()
