"""HTTP: the answer of each path, limits per client, start and end of the program."""

import base64
import contextlib
import hashlib
import re
import select
import socket
import subprocess
import time
import unittest

from harness import BINARY, PATIENCE, IntegrationTest, clean_environment, needs_ipv6, says
from fake_daemon import hangs

PROGRAM = "ipfs_peer_exporter"
# Seconds: enough for a busy machine, and half of the shortest wait of the program.
AT_ONCE = 5
# The only neighbour does not exist.
NOBODY = ("--ipfs.api=none", "--peer.stats=unix:/nonexistent/stats.sock")


def raw_request(address, data, timeout=PATIENCE):
    """The reply to these bytes up to the end of the connection."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host.strip("[]"), int(port)), timeout) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer


class PagesTest(IntegrationTest):
    def setUp(self):
        fake = self.daemon()
        peer = self.stats_socket(says('{"tips":3}'))
        self.running = self.exporter(
            f"--ipfs.api={fake.url}", f"--peer.stats={peer.address}",
            "--collector.ipfs.health=500ms")
        self.running.wait_collectors()
        self.running.wait_poll("peer.stats", result="ok")

    def test_each_source_has_a_page_and_they_share_no_series(self):
        everything = self.running.page("/metrics").samples().keys()
        ipfs = self.running.page("/metrics/ipfs").samples().keys()
        peer = self.running.page("/metrics/peer").samples().keys()
        self.assertEqual(ipfs & peer, set())
        pages = f"{PROGRAM}_scrapes_total"
        self.assertEqual({key for key in ipfs | peer if key[0] != pages} - everything, set())
        self.assertIn(("ipfs_up", frozenset()), ipfs)
        self.assertIn(("peer_up", frozenset()), peer)
        self.assertIn(("process_start_time_seconds", frozenset()), ipfs)
        self.assertIn((f"{PROGRAM}_collector_success", frozenset({("collector", "peer.stats")})),
                      peer)

    def test_scrapes_are_counted(self):
        def count():
            # A page changes only with a poll.
            self.running.wait_poll("ipfs.health", len(self.running.log))
            return self.running.page().value(
                f"{PROGRAM}_scrapes_total", page="metrics", code="200", format="text") or 0
        before = count()
        self.assertEqual(count(), before + 1)

    def test_head_is_get_without_the_body(self):
        for path in ("/metrics", "/", "/-/healthy"):
            got, head = self.running.get(path), self.running.get(path, "HEAD")
            self.assertEqual((head[0], head[2]), (200, ""), path)
            self.assertEqual(head[1]["Content-Type"], got[1]["Content-Type"], path)
            self.assertGreater(int(head[1]["Content-Length"]), 0, path)

    def test_health_and_readiness(self):
        for path in ("/-/healthy", "/-/ready"):
            self.assertEqual(self.running.get(path)[0], 200, path)

    def test_a_browser_gets_html_and_a_terminal_text(self):
        for path, accept, kind in (("/", "text/html,*/*;q=0.8", "text/html"),
                                   ("/", "*/*", "text/plain"), ("/", "", "text/plain"),
                                   ("/?plain", "text/html", "text/plain"),
                                   ("/?part", "*/*", "text/html")):
            status, headers, body = self.running.get(path, Accept=accept)
            self.assertEqual((status, headers["Content-Type"], headers["Vary"]),
                             (200, f"{kind}; charset=utf-8", "Accept"), (path, accept))
            self.assertIn("ipfs_up", body)

    def test_the_dashboard_leads_to_the_other_pages(self):
        body = self.running.get("/", Accept="text/html")[2]
        for path in ("/metrics", "/metrics/ipfs", "/metrics/peer", "?plain", "/-/healthy"):
            self.assertIn(f'<a href="{path}">', body)

    def test_html_may_use_its_own_style_and_script_and_nothing_else(self):
        _, headers, body = self.running.get("/", Accept="text/html")
        policy = dict(one.split(" ", 1) for one in headers["Content-Security-Policy"].split("; "))
        for kind in ("style", "script"):
            text, = re.findall(f"<{kind}>(.*?)</{kind}>", body, re.DOTALL)
            known = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            self.assertEqual(policy.pop(f"{kind}-src"), f"'sha256-{known}'")
        self.assertEqual(policy, dict.fromkeys(
            ("default-src", "base-uri", "form-action", "frame-ancestors"), "'none'") | {
                "connect-src": "'self'", "img-src": "data:"})
        self.assertEqual(headers["X-Frame-Options"], "DENY")
        self.assertNotIn("style=", body)

    def test_no_answer_is_to_be_stored(self):
        for path in ("/", "/metrics", "/-/healthy", "/nope", "/metrics?collect%5B%5D=ipfs.nope"):
            self.assertEqual(self.running.get(path)[1]["Cache-Control"], "no-store", path)

    def test_gzip_is_for_who_names_it_in_any_case(self):
        for accepted, coded in {"GZIP": "gzip", "br, Gzip;Q=0.5": "gzip",
                                "gzip;q=0": None, "GZIP;Q=0.0": None}.items():
            answer = self.get_raw(f"Accept-Encoding: {accepted}\r\n")
            self.assertEqual(b"\r\nContent-Encoding: gzip\r\n" in answer, coded == "gzip", accepted)

    def test_requests_that_a_proxy_could_read_in_another_way(self):
        for headers, sentence in {
                "Host: y\r\n": b"more than one Host", "X : y\r\n": b"header name",
                ": y\r\n": b"no name", "X: y\r\n z\r\n": b"another line",
                "Content-Length: 3\r\nContent-Length: 4\r\n": b"headers differ",
                "Content-Length: x\r\n": b"not a number"}.items():
            with self.subTest(headers):
                answer = self.get_raw(headers)
                self.assertEqual(answer.count(b"HTTP/1.1 "), 1)
                self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer)
                self.assertIn(sentence, answer)

    def test_a_proxy_may_ask_for_a_whole_url(self):
        answer = self.get_raw("", target="http://elsewhere/-/healthy")
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)

    def get_raw(self, headers, target="/metrics"):
        request = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
        return raw_request(self.running.address, request.encode())

    def test_what_is_wrong_is_said_in_a_sentence(self):
        for status, method, path in [
                (404, "GET", "/nope"), (404, "GET", "/metrics/nope"), (404, "GET", "/metricsx"),
                (405, "POST", "/metrics"), (405, "DELETE", "/"), (405, "PUT", "/-/healthy"),
                (400, "GET", "/metrics?collect%5B%5D=ipfs.nope")]:
            with self.subTest(path=path, method=method):
                got, headers, body = self.running.get(path, method)
                self.assertEqual(got, status)
                self.assertTrue(headers["Content-Type"].startswith("text/plain"))
                self.assertRegex(body, r"^\w.*\.\n$")
                if status == 405:
                    self.assertIn("GET", headers["Allow"])

    def test_an_answered_request_is_logged_at_debug(self):
        exporter = self.exporter(*NOBODY)
        exporter.get("/no%0Awhere?secret=x")
        line = exporter.wait_log({"msg": "request answered", "status": "404"})
        self.assertEqual(
            (line["client"], line["method"], line["path"]), ("127.0.0.1", "GET", "/nou000awhere"))
        self.assertGreater(int(line["bytes"]), 0)
        self.assertGreater(float(line["seconds"]), 0)
        self.assertFalse([one for one in exporter.log if "secret" in str(one)])

    def test_the_telemetry_path(self):
        exporter = self.exporter(*NOBODY, "--web.telemetry-path=/other")
        self.assertEqual(exporter.get("/other")[0], 200)
        self.assertEqual(exporter.get("/metrics")[0], 404)

    def test_garbage_does_no_harm(self):
        for data in (b"\0\1\2\r\n\r\n", b"GET /metrics\r\n\r\n", b"GET " + b"/" * 70000,
                     b"GET / HTTP/1.1\r\nX: " + b"x" * 70000 + b"\r\n\r\n"):
            with contextlib.suppress(OSError):
                raw_request(self.running.address, data, timeout=1)
        self.assertEqual(self.running.get("/metrics")[0], 200)

    def test_keep_alive(self):
        request = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
        close = request.replace(b"Host: x", b"Host: x\r\nConnection: close")
        answer = raw_request(self.running.address, request * 2 + close)
        self.assertEqual(answer.count(b"HTTP/1.1 200 OK"), 3)


class ListeningTest(IntegrationTest):
    @needs_ipv6
    def test_both_families_of_addresses(self):
        exporter = self.exporter(*NOBODY, "--web.listen-address=[::1]:0")
        first = exporter.wait_log({"msg": "listening"})
        second = exporter.wait_log({"msg": "listening"}, first["at"])
        addresses = {first["address"], second["address"]}
        self.assertEqual({address.rsplit(":", 1)[0] for address in addresses},
                         {"127.0.0.1", "[::1]"})
        for address in addresses:
            exporter.address = address
            self.assertEqual(exporter.get("/metrics")[0], 200, address)

    def test_answers_before_the_first_poll_has_ended(self):
        fake = self.daemon()
        fake.script_all(hangs)
        exporter = self.exporter(f"--ipfs.api={fake.url}", "--ipfs.timeout=1h")
        fake.wait_for_call("version")
        page = exporter.page()
        self.assertEqual(page.value("ipfs_up"), 0)
        self.assertEqual(page.names("ipfs_bandwidth"), set())
        self.assertEqual(exporter.get("/-/ready")[0], 200)
        began = time.monotonic()
        self.assertEqual(exporter.terminate(), 0)
        self.check_cost("seconds", time.monotonic() - began, AT_ONCE)

    def test_silent_connections_hold_nobody_up(self):
        exporter = self.exporter(*NOBODY)
        files = exporter.open_files()
        with contextlib.ExitStack() as silent:
            # From many addresses because of the limit per address; half of the clients begin
            # a request and never finish it.
            for number in range(600):
                connection = silent.enter_context(socket.socket())
                connection.bind((f"127.0.1.{number % 20 + 1}", 0))
                host, port = exporter.address.split(":")
                connection.connect((host, int(port)))
                if number % 2:
                    connection.sendall(b"GET /metrics HTTP/1.1\r\nHost:")
            for _ in range(20):
                self.assertEqual(exporter.get("/metrics")[0], 200)
            # The last one is still open, because its timeout has not passed.
            self.assertEqual(select.select([connection], [], [], 0)[0], [])
            self.assertLess(exporter.open_files() - files, 520)

    def test_sigterm(self):
        exporter = self.exporter(*NOBODY)
        began = time.monotonic()
        self.assertEqual(exporter.terminate(), 0)
        self.check_cost("seconds", time.monotonic() - began, AT_ONCE)

    def test_two_threads(self):
        exporter = self.exporter(*NOBODY)
        self.assertEqual(exporter.get("/metrics")[0], 200)
        self.check_cost("threads", exporter.threads(), 2)


class StartTest(IntegrationTest):
    def run_to_the_end(self, *arguments, env=None):
        return subprocess.run([BINARY, *arguments], env=clean_environment(env), timeout=PATIENCE,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def check_refused(self, *arguments, says, env=None):
        ended = self.run_to_the_end(*arguments, env=env)
        self.assertEqual(ended.returncode, 2, ended)
        self.assertEqual(ended.stderr.count("\n"), 1, ended.stderr)
        self.assertRegex(ended.stderr, says)

    def test_wrong_flags(self):
        for flag, told in {
                "--ipfs.timeout=soon": "ipfs.timeout",
                "--ipfs.timeout=-1s": "ipfs.timeout",
                "--ipfs.timeout=0s": "ipfs.timeout",
                "--collector.ipfs.swarm=5": "collector.ipfs.swarm",
                "--collector.ipfs.nope": "collector.ipfs.nope",
                "--peer.interval=ten": "peer.interval",
                "--peer.max-bytes=lots": "peer.max-bytes",
                "--ipfs.api=none": "ipfs.api",  # without a peer there is nothing to poll
                "--ipfs.api=localhost": "ipfs.api",
                "--ipfs.api=ftp://127.0.0.1": "ipfs.api",
                "--ipfs.api=/ip4/127.0.0.1": "ipfs.api",
                "--ipfs.api=http://user:secret@127.0.0.1:5001": "--ipfs.auth-file",
                "--peer.stats=nowhere": "peer.stats",
                "--peer.stats=unix:": "peer.stats",
                "--peer.stats=unix:/" + "x" * 120: "peer.stats",
                "--peer.namespace=1x": "peer.namespace",
                "--web.listen-address=nowhere": "listen on nowhere",
                "--web.listen-address=127.0.0.1:99999": "listen on 127.0.0.1:99999",
                "--web.telemetry-path=metrics": "web.telemetry-path",
                "--log.level=loud": "log.level",
                "--nope": "nope",
                "more": "more"}.items():
            with self.subTest(flag):
                self.check_refused(flag, says=re.escape(told))

    def test_a_secret_is_never_repeated(self):
        ended = self.run_to_the_end("--ipfs.api=http://user:secret@127.0.0.1:5001")
        self.assertNotIn("secret", ended.stderr + ended.stdout)

    def test_a_port_that_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.check_refused(*NOBODY, f"--web.listen-address=127.0.0.1:{port}",
                               says=rf"127\.0\.0\.1:{port}")

    def test_the_environment(self):
        exporter = self.exporter(env={
            "IPFS_PEER_EXPORTER_IPFS_API": "none",
            "IPFS_PEER_EXPORTER_PEER_STATS": "unix:/nonexistent/stats.sock",
            "IPFS_PEER_EXPORTER_WEB_TELEMETRY_PATH": "/from-the-environment",
            "IPFS_PEER_EXPORTER_PORT_10055_TCP": "tcp://192.0.2.1:10055"})  # as Kubernetes sets
        self.assertEqual(exporter.get("/from-the-environment")[0], 200)
        self.check_refused(env={"IPFS_PEER_EXPORTER_IPFS_TIMEOUT": "soon"}, says="soon")

    def test_a_flag_wins_over_the_environment(self):
        exporter = self.exporter(
            *NOBODY, "--web.telemetry-path=/flag",
            env={"IPFS_PEER_EXPORTER_WEB_TELEMETRY_PATH": "/environment"})
        self.assertEqual(exporter.get("/flag")[0], 200)
        self.assertEqual(exporter.get("/environment")[0], 404)

    def test_the_api_file(self):
        fake = self.daemon()
        repo = self.temporary()
        host, port = fake.address.split(":")
        (repo / "api").write_text(f"/ip4/{host}/tcp/{port}")
        exporter = self.exporter(env={"IPFS_PATH": str(repo)})
        exporter.wait_poll("ipfs.health", result="ok")

    def test_version(self):
        ended = self.run_to_the_end("--version")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertRegex(ended.stdout, rf"^{PROGRAM}.* \d+\.\d+")

    def test_help(self):
        ended = self.run_to_the_end("--help")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        for flag in ("--ipfs.api", "--peer.stats", "--web.listen-address", "--log.level",
                     "--collector.ipfs.swarm"):
            self.assertIn(flag, ended.stdout)


if __name__ == "__main__":
    unittest.main()
