"""The Kubo of the manifests, which build/tools/kubo has, on loopback."""

import json
import os
import subprocess
import sys
import threading
import unittest

from harness import BINARY, PATIENCE, REPOSITORY, IntegrationTest, clean_environment
sys.path.append(str(REPOSITORY / "scripts"))

import kubo  # noqa: E402
from cells import OURS, built_in, flags, last_result, settle  # noqa: E402

KUBO = REPOSITORY / "build" / "tools" / "kubo" / "ipfs"
RECORDED = "v0.42.0/online"
# For collectors that most daemons do not support.
MORE = {"Pubsub.Enabled": True, "Experimental.Libp2pStreamMounting": True}
MEBIBYTE = 1 << 20
BLOCKS = 5  # of a file of that size: four pieces and their parent


def metrics(page):
    """The names of the daemon's metrics."""
    return {name for name in page.names("ipfs_") if not name.startswith(OURS)}


class Kubo:
    """A daemon with a repository of its own in `folder`."""

    def __init__(self, folder):
        self.environment = kubo.environment(folder)
        self._process = None
        kubo.make_repository(KUBO, folder, MORE)

    def command(self, *arguments, **options):
        done = subprocess.run([KUBO, *arguments], env=self.environment, capture_output=True,
                              timeout=PATIENCE, check=False, **options)
        if done.returncode:
            raise AssertionError(f"ipfs {arguments}: {done.stderr.decode()}")
        return done.stdout.decode().strip()

    def start(self):
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", KUBO, "daemon"], env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = []
        for line in self._process.stdout:
            lines.append(line)
            if "Daemon is ready" in line:
                # It goes on to write, and somebody has to read.
                threading.Thread(target=self._process.communicate, daemon=True).start()
                return
        raise AssertionError("".join(lines))

    def stop(self):
        if self._process:
            self._process.kill()
            self._process.wait()


@unittest.skipUnless(os.access(KUBO, os.X_OK), "no Kubo: see install_kubo")
class LiveKuboTest(IntegrationTest):
    def kubo(self):
        daemon = Kubo(self.temporary())
        self.addCleanup(daemon.stop)
        daemon.start()
        return daemon

    def watch(self, daemon, *more, collectors=None):
        """An exporter that finds the daemon by its `api` file, after its first polls."""
        collectors = collectors or built_in()
        exporter = self.exporter(
            "--ipfs.budget=0", *more, *flags(collectors, **dict.fromkeys(collectors, "200ms")),
            env={"IPFS_PATH": daemon.environment["IPFS_PATH"]})
        settle(exporter, collectors)
        return exporter

    def connected(self):
        """Two daemons that are connected."""
        one, other = self.kubo(), self.kubo()
        identity = json.loads(other.command("id"))
        one.command("swarm", "connect", next(
            address for address in identity["Addresses"] if "/127.0.0.1/tcp/" in address))
        return one, other

    @staticmethod
    def poll_until(exporter, collectors, ask):
        """The first true answer to a question about the page, which every poll may change. A daemon
        adds up its bandwidth once a second, and learns about the DHT when it finds the time."""
        for _ in range(300):
            found = ask(exporter.page())
            if found:
                return found
            settle(exporter, collectors, len(exporter.log))
        raise AssertionError(exporter.get("/metrics")[2])

    def all_are_ok(self, exporter):
        self.assertEqual({name: last_result(exporter, name) for name in built_in()},
                         dict.fromkeys(built_in(), "ok"))

    def test_every_collector(self):
        """They have the metrics of the recorded daemon, and no others."""
        one, _ = self.connected()
        live = self.watch(one)
        fake = self.daemon(RECORDED)
        recorded = self.exporter(f"--ipfs.api={fake.url}", *flags(built_in()))
        settle(recorded, built_in())
        wanted = metrics(recorded.page())
        self.poll_until(live, built_in(), lambda page: metrics(page) >= wanted)
        self.assertEqual(metrics(live.page()), wanted)
        self.all_are_ok(live)

    def test_counters_between_two_readings(self):
        collectors = ["bandwidth", "bitswap"]
        one, other = self.connected()
        exporters = [self.watch(daemon, collectors=collectors) for daemon in (one, other)]
        before = [exporter.page() for exporter in exporters]
        other.command("pin", "add", one.command("add", "--quieter", input=os.urandom(MEBIBYTE)))
        for exporter, page, grows, stays in zip(
                exporters, before, ("sent", "received"), ("received", "sent"), strict=True):
            def growth(now, name):
                return now.value(name) - page.value(name)

            now = self.poll_until(exporter, collectors, lambda now: growth(
                now, f"ipfs_bandwidth_{grows}_bytes_total") > MEBIBYTE and now)
            self.assertLess(growth(now, f"ipfs_bandwidth_{grows}_bytes_total"), 2 * MEBIBYTE)
            self.assertEqual(growth(now, f"ipfs_bitswap_{grows}_blocks_total"), BLOCKS)
            self.assertEqual(growth(now, f"ipfs_bitswap_{stays}_blocks_total"), 0)
            self.assertTrue(
                MEBIBYTE < growth(now, f"ipfs_bitswap_{grows}_bytes_total") < 1.01 * MEBIBYTE)

    def test_least_rights(self):
        """With the printed entry every collector works; without its secret none does."""
        daemon = self.kubo()
        daemon.stop()
        secret = self.temporary() / "secret"
        secret.write_text("bearer:letmein")
        entry = subprocess.run(
            [BINARY, "--print-authorizations=with-secret", f"--ipfs.auth-file={secret}",
             *flags(built_in())],
            capture_output=True, check=True, timeout=PATIENCE, env=clean_environment()).stdout
        daemon.command("config", "--json", "API.Authorizations.exporter", entry.decode())
        daemon.start()
        self.all_are_ok(self.watch(daemon, f"--ipfs.auth-file={secret}"))
        stranger = self.watch(daemon, collectors=["health"])
        self.assertEqual(last_result(stranger, "health"), "failed")
        self.assertEqual(stranger.page().value("ipfs_up"), 0)

    def test_restart(self):
        """The daemon listens on another port afterwards, and has counted fewer bytes."""
        collectors = ["health", "bandwidth"]
        daemon, _ = self.connected()
        exporter = self.watch(daemon, collectors=collectors)
        self.poll_until(exporter, collectors, lambda page: page.value(
            "ipfs_bandwidth_sent_bytes_total"))
        daemon.stop()
        exporter.wait_poll("ipfs.health", len(exporter.log), result="failed")
        self.assertEqual(exporter.page().value("ipfs_up"), 0)
        daemon.start()
        self.poll_until(exporter, ["health"], lambda page: page.value("ipfs_up"))
        self.poll_until(exporter, collectors, lambda page: page.value(
            "ipfs_daemon_restarts_total") == 1)


if __name__ == "__main__":
    unittest.main()
