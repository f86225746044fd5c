"""What ./run shows, once everything is installed and built."""

import os
import re
import signal
import subprocess
import sys
import unittest

from harness import BINARY, PATIENCE, REPOSITORY, IntegrationTest

KUBO = REPOSITORY / "build" / "tools" / "kubo" / "ipfs"


class DemoTest(IntegrationTest):
    def show(self, *options):
        """What it prints until everything runs; then it is ended, as by Ctrl-C."""
        demo = subprocess.Popen(
            [sys.executable, REPOSITORY / "scripts" / "demo.py", *options, "--for", str(PATIENCE)],
            env=os.environ | {"EXPORTER": str(BINARY)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        with demo:
            shown = ""
            for line in demo.stdout:
                shown += line
                if "Everything is running" in line:
                    demo.send_signal(signal.SIGINT)
        self.assertEqual(demo.returncode, 0, shown)
        self.assertIn("Everything is running", shown)
        return dict(re.findall(r"^  (\w+)(?:\{.*\})? (\S+)$", shown, re.MULTILINE))

    def test_recorded(self):
        samples = self.show("--recorded")
        self.assertEqual((samples["ipfs_up"], samples["peer_up"]), ("1", "1"))

    @unittest.skipUnless(os.access(KUBO, os.X_OK), "no Kubo: see install_kubo")
    def test_kubo(self):
        samples = self.show("--kubo", KUBO)
        self.assertEqual((samples["ipfs_up"], samples["ipfs_swarm_peers"]), ("1", "1"))


if __name__ == "__main__":
    unittest.main()
