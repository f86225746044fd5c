"""Names from a real DNS server, Debian's unbound, in a network namespace of the test's own.

musl's resolver reads /etc/resolv.conf itself: search domains, ndots, and TCP for answers that do
not fit into 512 bytes.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from rooted import RootedTest, certificate, missing
from harness import PATIENCE

INSIDE = "IPE_IN_NAMESPACE"
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
MANY = 60  # addresses; 16 bytes each

CONFIG = """
server:
  interface: 127.0.0.1
  port: 53
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/pid"
  use-syslog: no
  logfile: ""
  module-config: "iterator"
auth-zone:
  name: "example."
  zonefile: "{folder}/zone"
  for-upstream: no
"""

ZONE = """
$ORIGIN example.
@ 60 IN SOA ns.example. root.example. 1 60 60 60 60
@ 60 IN NS ns
ns 60 IN A 127.0.0.1
node 60 IN A 127.0.0.1
node.peers 60 IN A 127.0.0.1
alias 60 IN CNAME node
"""


def why_not():
    if missing():
        return missing()
    if not shutil.which("unbound") and not os.path.exists("/usr/sbin/unbound"):
        return "unbound is not installed: .ci/run does that"
    return "" if shutil.which("unshare") else "unshare is not installed"


def set_up_loopback():
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def udp_answer(name):
    """The flags of the answer to a query for A records, or None without an answer in time."""
    query = b"\0\1\1\0\0\1\0\0\0\0\0\0" + b"".join(
        bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0\0\1\0\1"
    with socket.socket(type=socket.SOCK_DGRAM) as asking:
        asking.settimeout(0.2)
        try:
            asking.connect(("127.0.0.1", 53))
            asking.send(query)
            return struct.unpack_from("!H", asking.recv(4096), 2)[0]
        except OSError:
            return None


@unittest.skipIf(why_not(), why_not())
@unittest.skipIf(os.environ.get(INSIDE), "the other class runs inside")
class OutsideTest(unittest.TestCase):
    def test_in_a_namespace(self):
        done = subprocess.run(
            ["unshare", "--net", sys.executable, "-m", "unittest", "-v", "test_dns.DnsTest"],
            env=os.environ | {INSIDE: "1"}, cwd=os.path.dirname(__file__), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"Ran [1-9]\d* tests? ")


@unittest.skipUnless(os.environ.get(INSIDE), "runs in a namespace")
class DnsTest(RootedTest):
    @classmethod
    def setUpClass(cls):
        set_up_loopback()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        with open(f"{folder}/zone", "w") as file:
            file.write(ZONE)
            file.writelines(f"many 60 IN A 127.0.0.{number + 1}\n" for number in range(MANY))
        with open(f"{folder}/unbound.conf", "w") as file:
            file.write(CONFIG.format(folder=folder))
        server = subprocess.Popen(["/usr/sbin/unbound", "-c", file.name],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        deadline = time.monotonic() + PATIENCE
        while udp_answer("node.example") is None:
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("unbound does not answer")

    def setUp(self):
        super().setUp()
        self.put("/etc/resolv.conf", "nameserver 127.0.0.1\nsearch none.example peers.example\n"
                                     "options ndots:2 timeout:30\n")
        self.port = self.daemon("0.0.0.0:0").address.rsplit(":", 1)[1]

    def test_a_full_name_and_an_alias(self):
        for name in "node.example", "node.example.", "alias.example":
            with self.subTest(name):
                self.check_polls(f"http://{name}:{self.port}")

    def test_a_search_domain(self):
        self.check_polls(f"http://node:{self.port}")

    def test_an_answer_that_needs_tcp(self):
        truncated = 0x0200
        self.assertTrue(udp_answer("many.example") & truncated)
        self.check_polls(f"http://many.example:{self.port}")

    def test_a_name_that_does_not_exist(self):
        code, _, said = self.once("--ipfs.api=http://other.example:5001")
        self.assertEqual(code, 1)
        self.assertIn("Could not resolve host: other.example", said)

    def test_a_server_that_is_down_beside_one_that_answers(self):
        self.put("/etc/resolv.conf", "nameserver 127.0.0.2\nnameserver 127.0.0.1\n")
        self.check_polls(f"http://node.example:{self.port}")

    def test_the_name_of_a_certificate(self):
        made, key = certificate(self.outside, "DNS:node.example")
        tls = self.daemon(tls=(made, key)).address.rsplit(":", 1)[1]
        self.put("/my.pem", made.read_bytes())
        self.check_polls(f"https://node.example:{tls}", "--ipfs.ca-file=/my.pem")


if __name__ == "__main__":
    unittest.main()
