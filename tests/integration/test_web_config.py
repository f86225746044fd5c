"""--web.config.file: passwords, response headers, rate limit, TLS, and changes while it runs."""

import base64
import contextlib
import http.client
import ssl
import subprocess
import threading
import unittest

from harness import BINARY, PATIENCE, REPOSITORY, IntegrationTest, clean_environment

NOBODY = ("--ipfs.api=none", "--peer.stats=unix:/nonexistent/stats.sock")

# Hashes of passwords; the number is the cost.
RIGHT_4 = "$2y$04$abcdefghijklmnopqrstuuFmEfrkTQnczNzw475xE2VhDrK1uwJiC"
NEW_4 = "$2y$04$abcdefghijklmnopqrstuusf96eeUQLgQWR72RBesvIE8CjOJNM9O"
RIGHT_10 = "$2y$10$abcdefghijklmnopqrstuu1VS0P7v3ZJmd2gzBFIzgfN7OOl6Rl52"


def users(**hashes):
    lines = [f"  {name}: {value}\n" for name, value in hashes.items()]
    return "basic_auth_users:\n" + "".join(lines)


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class WebConfigTest(IntegrationTest):
    def setUp(self):
        self.folder = self.temporary()
        self.file = self.folder / "web.yml"

    def write(self, text):
        """Replaces the file as an editor does that keeps the old file until the new one is
        complete."""
        new = self.folder / "new"
        new.write_text(text)
        new.rename(self.file)

    def start(self, text, *flags):
        self.write(text)
        self.running = self.exporter(*NOBODY, f"--web.config.file={self.file}", *flags)

    def ask(self, headers=None, path="/metrics", source="127.0.0.1", method="GET"):
        """Status, headers and body."""
        with contextlib.closing(self.connect(source)) as connection:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()

    def connect(self, source="127.0.0.1"):
        return http.client.HTTPConnection(self.running.address, timeout=PATIENCE,
                                          source_address=(source, 0))

    def status(self, *arguments, **options):
        return self.ask(*arguments, **options)[0]

    def successful(self):
        """The metric on the page, from a request with the right password."""
        page = self.ask(basic("alice", "right"))[2]
        name = "ipfs_peer_exporter_web_config_last_reload_successful "
        return [line[len(name):] for line in page.splitlines() if line.startswith(name)]


class StartTest(WebConfigTest):
    def refuse(self, text):
        """The line on stderr; the same from a start and from --check-config."""
        self.write(text)
        lines = set()
        for more in ([], ["--check-config"]):
            ended = subprocess.run(
                [BINARY, *NOBODY, "--web.listen-address=127.0.0.1:0",
                 f"--web.config.file={self.file}", *more],
                capture_output=True, text=True, timeout=PATIENCE, env=clean_environment())
            self.assertEqual(ended.returncode, 2)
            lines.add(ended.stderr)
        line, = lines
        self.assertEqual(line.count("\n"), 1)
        return line

    def test_a_wrong_file_is_refused_in_one_line(self):
        self.assertIn(f"--web.config.file: {self.file}:1:1: unknown key tls_config",
                      self.refuse("tls_config: {}"))
        self.assertIn("web.yml:2:10: the user's password is not a bcrypt hash",
                      self.refuse(users(alice="secret")))
        self.assertNotIn("secret", self.refuse(users(alice="secret")))

    def test_a_missing_file(self):
        ended = subprocess.run(
            [BINARY, *NOBODY, "--web.config.file=/nonexistent/web.yml"], capture_output=True,
            text=True, timeout=PATIENCE, env=clean_environment())
        self.assertEqual(ended.returncode, 2)
        self.assertIn("--web.config.file: /nonexistent/web.yml: No such file", ended.stderr)

    def test_the_example_of_the_documentation_is_valid(self):
        text = (REPOSITORY / "docs/operations.md").read_text().split("## TLS and passwords")[1]
        self.write(text.split("```yaml\n")[1].split("```")[0])
        for name in ("tls", "ca"):
            certificate(self.folder, name)
        checked = subprocess.run(
            [BINARY, *NOBODY, "--web.listen-address=127.0.0.1:0", "--check-config",
             f"--web.config.file={self.file}"],
            capture_output=True, text=True, timeout=PATIENCE, env=clean_environment())
        self.assertEqual(checked.stdout, "Configuration is valid.\n", checked.stderr)

    def warnings(self, listen, text):
        self.write(text)
        running = self.exporter(*NOBODY, f"--web.listen-address={listen}",
                                f"--web.config.file={self.file}")
        return [line["msg"] for line in running.log if line.get("level") == "warn"
                and "clear text" in line["msg"]]

    def test_an_open_address_is_warned_about_once(self):
        for listen, text, wanted in (
                ("0.0.0.0:0", "", ["metrics are served in clear text to everyone"]),
                ("0.0.0.0:0", users(alice=RIGHT_4),
                 ["passwords go over the network in clear text"]),
                ("127.0.0.1:0", "", [])):
            with self.subTest(listen=listen, text=text):
                self.assertEqual(self.warnings(listen, text), wanted)


class PasswordsTest(WebConfigTest):
    def test_right_wrong_and_unknown(self):
        self.start(users(alice=RIGHT_4))
        self.assertEqual(self.status(basic("alice", "right")), 200)
        for headers in (None, basic("alice", "wrong"), basic("bob", "right"), basic("", "right"),
                        basic("alice", ""), basic("alice", "right\0"),
                        basic("alice", "right" * 1000), basic("\xff", "right"),
                        {"Authorization": "Basic !"}, {"Authorization": "Bearer right"}):
            with self.subTest(headers):
                status, answer, _ = self.ask(headers)
                self.assertEqual(status, 401)
                self.assertTrue(answer["WWW-Authenticate"].startswith("Basic realm="))
        for path in ("/", "/metrics/peer", "/nothing", "/-/reload"):
            self.assertEqual(self.status(path=path), 401)
        self.assertEqual(self.status(path="/", method="POST"), 401)
        for path in ("/-/healthy", "/-/ready"):
            self.assertEqual(self.status(path=path), 200)

    def test_rotated_without_a_restart_on_the_same_connection(self):
        self.start(users(alice=RIGHT_4))
        with contextlib.closing(self.connect()) as connection:
            def status(password):
                connection.request("GET", "/metrics", headers=basic("alice", password))
                response = connection.getresponse()
                response.read()
                return response.status

            for _ in range(20):
                self.assertEqual(status("right"), 200)
                self.write(users(alice=NEW_4))
                self.assertEqual(status("right"), 401)
                self.assertEqual(status("new"), 200)
                self.write(users(alice=RIGHT_4))
                self.assertEqual(status("new"), 401)

    def test_a_broken_file_leaves_the_old_one_in_force(self):
        self.start(users(alice=RIGHT_4), "--ipfs.timeout=1s")
        self.assertEqual(self.successful(), ["1"])
        self.write("basic_auth_users: {alice: hunter2}")
        for _ in range(3):
            self.assertEqual(self.status(basic("alice", "right")), 200)
        self.assertEqual(self.status(basic("alice", "hunter2")), 401)
        said = [line for line in self.running.log
                if line.get("msg") == "web configuration not reloaded"]
        self.assertEqual(len(said), 1)
        self.assertIn("web.yml:1:27", said[0]["error"])

    def test_nothing_secret_is_said(self):
        self.start(users(alice=RIGHT_4))
        pages = self.ask(basic("alice", "right"), "/")[2] + self.ask(basic("alice", "right"))[2]
        self.status(basic("alice", "hunter2"))
        self.write(users(alice=NEW_4))
        self.status(basic("alice", "new"))
        log = "".join(line["text"] for line in self.running.log)
        for secret in ("abcdefghijkl", "hunter2", "Authorization", "Basic "):
            self.assertNotIn(secret, log + pages)

    def test_links_that_are_swapped(self):
        """As the kubelet does with a Secret."""
        for name, hashed in (("..1", RIGHT_4), ("..2", NEW_4)):
            (self.folder / name).mkdir()
            (self.folder / name / "web.yml").write_text(users(alice=hashed))
        (self.folder / "..data").symlink_to("..1")
        self.file.symlink_to("..data/web.yml")
        self.running = self.exporter(*NOBODY, f"--web.config.file={self.file}")
        self.assertEqual(self.status(basic("alice", "right")), 200)
        (self.folder / "..tmp").symlink_to("..2")
        (self.folder / "..tmp").rename(self.folder / "..data")
        self.assertEqual(self.status(basic("alice", "right")), 401)
        self.assertEqual(self.status(basic("alice", "new")), 200)

    def test_an_unknown_user_costs_the_same(self):
        self.start(users(alice=RIGHT_10))

        def cost(user):
            before = self.running.cpu_seconds()
            for _ in range(10):
                self.assertEqual(self.status(basic(user, "wrong")), 401)
            return self.running.cpu_seconds() - before

        known, unknown = cost("alice"), cost("mallory")
        self.assertGreater(known, 0.1)
        self.assertLess(max(known, unknown), 1.5 * min(known, unknown))

    def test_a_flood_of_wrong_passwords_shuts_out_nobody_else(self):
        self.start(users(alice=RIGHT_10))
        seen = []
        stop = threading.Event()

        def flood(number):
            while not stop.is_set():
                seen.append(self.status(basic("alice", f"wrong-{number}"), source="127.0.0.2"))

        threads = [threading.Thread(target=flood, args=[number]) for number in range(8)]
        for thread in threads:
            thread.start()
        self.addCleanup(lambda: [thread.join() for thread in threads])
        self.addCleanup(stop.set)
        # With passwords that are not remembered, then with one that is.
        for _ in range(5):
            self.assertEqual(self.status(basic("alice", "other")), 401)
        for _ in range(50):
            self.assertEqual(self.status(basic("alice", "right")), 200)
            self.assertEqual(self.status(path="/-/healthy", source="127.0.0.2"), 200)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual(set(seen), {401, 429})

    def test_requests_at_the_same_time_share_a_check(self):
        self.start(users(alice=RIGHT_10))
        statuses = []
        threads = [threading.Thread(
            target=lambda: statuses.append(self.status(basic("alice", "right"))))
            for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses, 10 * [200])


class HeadersAndLimitTest(WebConfigTest):
    def test_headers_are_on_every_response(self):
        self.start("http_server_config:\n  headers:\n    X-Frame-Options: sameorigin\n"
                   "    Strict-Transport-Security: max-age=31536000\n" + users(alice=RIGHT_4),
                   "--web.enable-lifecycle")
        right = basic("alice", "right")
        answers = [self.ask(right), self.ask(), self.ask(right, "/"), self.ask(right, "/none"),
                   self.ask(path="/-/healthy"), self.ask(right, "/-/reload", method="POST"),
                   self.ask(right | {"Content-Length": "x"})]
        self.assertEqual([answer[0] for answer in answers], [200, 401, 200, 404, 200, 200, 400])
        for _, headers, _ in answers:
            self.assertEqual(headers.get_all("X-Frame-Options"), ["sameorigin"])
            self.assertEqual(headers["Strict-Transport-Security"], "max-age=31536000")
            self.assertEqual(headers.get_all("X-Content-Type-Options"), ["nosniff"])
        self.write(users(alice=RIGHT_4))
        self.assertNotIn("Strict-Transport-Security", self.ask(right)[1])

    def test_the_rate_limit_is_one_for_all(self):
        self.start("rate_limit: {interval: 1h, burst: 3}")
        statuses = [self.status(source=f"127.0.0.{number}") for number in range(1, 6)]
        self.assertEqual(statuses, [200, 200, 200, 429, 429])
        self.assertEqual(self.status(path="/-/healthy"), 200)
        self.write("rate_limit: {interval: 0, burst: 3}")
        self.assertEqual(self.status(), 200)


def certificate(folder, name, key="rsa:2048"):
    path, key_path = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", key, "-nodes", "-days", "2", "-subj", f"/CN={name}",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-out", path, "-keyout", key_path], check=True, capture_output=True)
    return path, key_path


class TlsTest(WebConfigTest):
    """Only what concerns the file; the handshakes have their own tests."""

    def ask_tls(self, trusted, headers=None, path="/metrics", client=None):
        context = ssl.create_default_context(cafile=trusted)
        context.check_hostname = False
        if client:
            context.load_cert_chain(*client)
        connection = http.client.HTTPSConnection(self.running.address, timeout=PATIENCE,
                                                 context=context)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers or {})
            return connection.getresponse().status

    def test_a_certificate_is_renewed(self):
        old = certificate(self.folder, "old")
        new = certificate(self.folder, "new")
        for source, name in zip(old, ("tls.crt", "tls.key")):
            (self.folder / name).write_bytes(source.read_bytes())
        self.start("tls_server_config: {cert_file: tls.crt, key_file: tls.key}\n"
                   + users(alice=RIGHT_4))
        self.running.wait_log({"note": "http2 is not supported; HTTP/1.1 is served"})
        right = basic("alice", "right")
        self.assertEqual(self.ask_tls(old[0], right), 200)
        self.assertEqual(self.ask_tls(old[0]), 401)
        for source, name in zip(new, ("tls.crt", "tls.key")):
            (self.folder / name).write_bytes(source.read_bytes())
        # A handshake makes the server look. Itself it may get either certificate: the server
        # may have been in the middle of a turn, with its look behind it.
        with contextlib.suppress(ssl.SSLError):
            self.ask_tls(new[0], right)
        self.running.wait_log({"msg": "web configuration changed", "tls": "renewed"})
        self.assertEqual(self.ask_tls(new[0], right), 200)
        with self.assertRaises(ssl.SSLError):
            self.ask_tls(old[0], right)

    def test_a_client_without_a_certificate_is_answered_403(self):
        server = certificate(self.folder, "server")
        client = certificate(self.folder, "client")
        self.start("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"
                   "  client_auth_type: RequireAndVerifyClientCert\n"
                   "  client_ca_file: client.crt\n")
        self.assertEqual(self.ask_tls(server[0]), 403)
        self.assertEqual(self.ask_tls(server[0], path="/-/healthy"), 200)
        self.assertEqual(self.ask_tls(server[0], client=client), 200)


if __name__ == "__main__":
    unittest.main()
