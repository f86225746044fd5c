"""A large node costs the exporter no more memory than a small one."""

import unittest

from harness import IntegrationTest
from cells import built_in, flags
from large_node import has_connections, has_pins

CONNECTIONS = 10_000  # 9 MB with identify
PINS = 1_000_000      # 93 MB


class LargeNodeTest(IntegrationTest):
    def test_many_connections_and_pins(self):
        fake = self.daemon()
        fake.script("swarm/peers", has_connections(CONNECTIONS))
        fake.script("pin/ls", has_pins(recursive=PINS, direct=10))
        exporter = self.exporter(
            f"--ipfs.api={fake.url}", *flags([name for name in built_in() if name != "native"],
                   swarm="500ms", agents="500ms"))
        for collector in ("swarm", "agents"):
            at = 0
            for _ in range(3):
                at = exporter.wait_poll(f"ipfs.{collector}", at, result="ok")["at"]
        exporter.wait_poll("ipfs.pins", result="ok")
        page = exporter.page()
        self.assertEqual(page.value("ipfs_swarm_peers"), CONNECTIONS)
        self.assertEqual(page.value("ipfs_pins", type="recursive"), PINS)
        self.assertEqual(page.value("ipfs_pins", type="direct"), 10)
        agents = page.series("ipfs_swarm_agent_peers")
        self.assertEqual(sum(agents.values()), CONNECTIONS)
        self.assertLessEqual(len(agents), 20 + 2)  # --ipfs.top, other and unknown
        self.check_memory(exporter)


if __name__ == "__main__":
    unittest.main()
