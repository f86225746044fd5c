"""What systemd passes and is told: sockets and notifications."""

import os
import socket
import subprocess
import sys
import time

from harness import BINARY, PATIENCE, clean_environment
from reloading import ReloadTest


class ServiceManagerTest(ReloadTest):
    def manager(self, address):
        told = self.enterContext(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
        told.bind(address)
        told.settimeout(PATIENCE)
        return told

    def test_notifications(self):
        self.write(ipfs_api="none", peer_stats=self.peer("one"))
        abstract = f"ipe-test-{os.getpid()}"
        path = str(self.folder / "notify.sock")
        for address, variable in ((path, path), (f"\0{abstract}", f"@{abstract}")):
            with self.subTest(variable):
                manager = self.manager(address)
                exporter = self.started(env={"NOTIFY_SOCKET": variable})
                self.assertEqual(manager.recv(4096), b"READY=1")
                before = time.monotonic_ns() // 1000
                self.reload(exporter)
                first, second = manager.recv(4096).decode().split("\n")
                self.assertEqual(first, "RELOADING=1")
                key, _, at = second.partition("=")
                self.assertEqual(key, "MONOTONIC_USEC")
                self.assertLessEqual(before, int(at))
                self.assertLessEqual(int(at), time.monotonic_ns() // 1000)
                self.assertEqual(manager.recv(4096), b"READY=1")
                self.assertEqual(exporter.terminate(), 0)
                self.assertEqual(manager.recv(4096), b"STOPPING=1")

    def activated(self, *flags, sockets=1):
        """A program that starts the exporter with passed sockets, as systemd does."""
        script = self.folder / "activate.py"
        script.write_text(f"""#!{sys.executable}
import fcntl, os, socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range({sockets})]
copies = [fcntl.fcntl(one, fcntl.F_DUPFD, 100) for one in sockets]
for number, copy in enumerate(copies, 3):
    os.dup2(copy, number, inheritable=True)
os.environ |= {{"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "{sockets}"}}
for one in sockets:
    one.detach()
os.execv({str(BINARY)!r}, [{str(BINARY)!r}, *sys.argv[1:]])
""")
        script.chmod(0o755)
        self.write(ipfs_api="none", peer_stats=self.peer("one"))
        return self.started(*flags, binary=script)

    def test_socket_activation(self):
        exporter = self.activated("--web.systemd-socket", sockets=2)
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        first = exporter.wait_log({"msg": "listening"})
        second = exporter.wait_log({"msg": "listening"}, first["at"])["address"]
        self.assertNotEqual(second, exporter.address)
        exporter.address = second
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        self.reload(exporter)
        self.write(ipfs_api="none", peer_stats=self.peer("two"), web_systemd_socket="false")
        self.reload(exporter)  # the flag wins

    def test_sockets_are_not_used_without_the_flag(self):
        exporter = self.activated()
        self.assertEqual(exporter.get("/-/healthy")[0], 200)
        self.assertEqual(sum(line.get("msg") == "listening" for line in exporter.log), 1)

    def test_no_socket_was_passed(self):
        done = subprocess.run(
            [BINARY, "--ipfs.api=none", "--peer.stats=unix:/nowhere", "--web.systemd-socket"],
            capture_output=True, text=True, timeout=PATIENCE, env=clean_environment())
        self.assertEqual(done.returncode, 2)
        self.assertIn("--web.systemd-socket: systemd passed no socket", done.stderr)
