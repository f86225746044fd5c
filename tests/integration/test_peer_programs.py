"""Programs that answer a request in lines of keys; some close only on request.

The servers here use the protocols of memcached, Redis and HAProxy.
"""

import unittest

from harness import IntegrationTest, StatsSocket
from fake_daemon import FakeDaemon, answers

MEMCACHED = ("STAT pid 7\r\nSTAT version 1.6.18\r\nSTAT curr_items 3\r\n"
             "STAT items:1:number 2\r\nEND\r\n")
REDIS = ("# Server\r\nredis_version:7.0.15\r\nredis_git_sha1:00000000\r\n\r\n"
         "# Clients\r\nconnected_clients:1\r\n\r\n"
         "# Keyspace\r\ndb0:keys=1,expires=0,avg_ttl=0\r\n")
HAPROXY = "Name: HAProxy\nVersion: 2.6.12\nNbthread: 2\nUptime_sec: 96\n\n"


class Tcp(StatsSocket):
    def __init__(self, behaviour):
        super().__init__("", behaviour)
        self.address = "127.0.0.1:0"


def serves(commands, leave):
    """Answers each line and closes only after the last command."""
    def talk(connection, _):
        with connection.makefile("rb") as lines:
            for line in lines:
                command = line.decode().rstrip("\r\n")
                connection.sendall(commands.get(command, "ERROR\r\n").encode())
                if command == leave:
                    return
    return talk


MEMCACHED_TALK = serves({"stats": MEMCACHED, "quit": ""}, "quit")
REDIS_TALK = serves({"AUTH pass": "+OK\r\n", "QUIT": "+OK\r\n",
                     "INFO": f"${len(REDIS)}\r\n{REDIS}\r\n"}, "QUIT")


class PeerProgramsTest(IntegrationTest):
    def start(self, url, *flags):
        return self.exporter("--ipfs.api=none", f"--peer.stats={url}", *flags)

    def tcp(self, behaviour):
        return f"tcp://{self.enterContext(Tcp(behaviour)).address}"

    def check(self, url, request, wanted, skipped):
        flags = [f"--peer.request={request}"] if request else []
        exporter = self.start(url, *flags)
        exporter.wait_poll("peer.stats", result="ok")
        page = exporter.page()
        self.assertEqual({name: page.value(name) for name in page.names("peer_")},
                         wanted | {"peer_up": 1})
        self.assertEqual(
            sum(page.series("ipfs_peer_exporter_skipped_samples_total").values()), skipped)

    def test_memcached(self):
        self.check(self.tcp(MEMCACHED_TALK), r"stats\r\nquit",
                   {"peer_pid": 7, "peer_curr_items": 3, "peer_items_1_number": 2}, skipped=1)

    def test_redis(self):
        for request in (r"INFO\r\nQUIT", r"AUTH pass\r\nINFO\r\nQUIT\r\n"):
            with self.subTest(request):
                self.check(self.tcp(REDIS_TALK), request,
                           {"peer_redis_git_sha1": 0, "peer_connected_clients": 1}, skipped=2)

    def test_haproxy(self):
        peer = self.stats_socket(serves({"show info": HAPROXY}, "show info"))
        self.check(peer.address, "show info",
                   {"peer_nbthread": 2, "peer_uptime_sec": 96}, skipped=2)

    def test_status_pages(self):
        server = self.enterContext(FakeDaemon())
        server.script("/stub", answers("Active connections: 291 \n"
                                       "server accepts handled requests\n 1 1 3 \n"
                                       "Reading: 6 Writing: 179 Waiting: 106 \n"))
        self.check(f"{server.url}/stub", "",
                   {"peer_active_connections": 291, "peer_reading": 6, "peer_writing": 179,
                    "peer_waiting": 106}, skipped=2)
        server.script("/auto", answers("localhost\nServerMPM: event\nTotal Accesses: 12\n"
                                       "CPULoad: .0172222\nScoreboard: _W__\n"))
        self.check(f"{server.url}/auto", "",
                   {"peer_total_accesses": 12, "peer_cpu_load": .0172222}, skipped=3)

    def test_one_that_is_not_told_to_close_is_too_late(self):
        exporter = self.start(self.tcp(MEMCACHED_TALK), "--peer.request=stats",
                              "--peer.timeout=300ms")
        exporter.wait_poll("peer.stats", result="failed", reason="timeout")

    def test_a_request_ends_with_one_newline(self):
        def tells(connection, _):
            connection.sendall(b"heard: %d\n" % len(connection.recv(100)))

        for request, size in ("stats", 6), (r"stats\n", 6), (r"a\t\\\x00\r\n", 6):
            with self.subTest(request):
                self.check(self.stats_socket(tells).address, request,
                           {"peer_heard": size}, skipped=0)

    def test_what_only_looks_like_keys_is_an_error(self):
        typed = "0.Name.1:POS:str:HAProxy\n11.Uptime_sec.1:MDP:u32:96\n"
        peer = self.stats_socket(serves({"show info typed": typed}, "show info typed"))
        exporter = self.start(peer.address, "--peer.request=show info typed")
        exporter.wait_poll("peer.stats", result="failed", reason="parse")
        self.assertEqual(exporter.page().value("peer_up"), 0)


if __name__ == "__main__":
    unittest.main()
