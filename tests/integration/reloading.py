"""Shared by the tests of a reload: a configuration file, and an exporter that reads it again."""

import os
import signal

from harness import IntegrationTest, StatsSocket, says

RELOADED = {"msg": "configuration reloaded"}
REFUSED = {"msg": "configuration not reloaded", "level": "error"}
POLLS = "ipfs_peer_exporter_collector_polls_total"
SUCCESSFUL = "ipfs_peer_exporter_config_last_reload_successful"
INTERVAL = "ipfs_peer_exporter_collector_interval_seconds"


class ReloadTest(IntegrationTest):
    def setUp(self):
        self.folder = self.temporary()
        self.config = self.folder / "config.yml"
        self.at = 0

    def peer(self, name, text='{"a":1}'):
        """A peer's socket; the value of peer.stats for it."""
        path = self.folder / f"{name}.sock"
        self.enterContext(StatsSocket(path, says(text)))
        return f"{name}=unix:{path}"

    def write(self, **settings):
        """Replaces the configuration file; `peer_stats` is the key peer.stats."""
        text = "".join(f"{key.replace('_', '.', 1).replace('_', '-')}: {value}\n"
                       for key, value in settings.items())
        self.write_text(self.config, text)

    @staticmethod
    def write_text(path, text):
        new = path.with_suffix(".new")
        new.write_text(text)
        new.rename(path)

    def started(self, *flags, **options):
        exporter = self.exporter(f"--config.file={self.config}", *flags, **options)
        self.at = 0
        return exporter

    def reload(self, exporter, outcome=RELOADED):
        """Sends SIGHUP and waits for the outcome; returns its line."""
        os.kill(exporter.pid, signal.SIGHUP)
        return self.wait_outcome(exporter, outcome)

    def wait_outcome(self, exporter, outcome=RELOADED):
        line = exporter.wait_log(outcome, self.at)
        self.at = line["at"]
        return line
