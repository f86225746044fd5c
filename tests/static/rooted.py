"""The static binary of this machine in a root with nothing else."""

import os
import pathlib
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))

from harness import PATIENCE, REPOSITORY, FakeDaemon, recording  # noqa: E402

BINARY = REPOSITORY / "build" / "static" / os.uname().machine / "ipfs_peer_exporter"
PATIENT = {"IPFS_PEER_EXPORTER_IPFS_TIMEOUT": f"{PATIENCE}s"}


def missing():
    """Why such tests cannot run here; empty if they can."""
    if not BINARY.exists():
        return "packaging/static/build was not run"
    return "" if os.geteuid() == 0 else "needs root, for chroot"


def certificate(folder, names):
    """Makes a self-signed certificate for `names`, such as DNS:a,IP:127.0.0.1; and its key."""
    made, key = folder / "tls.crt", folder / "tls.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=server", "-addext", f"subjectAltName={names}",
         "-keyout", key, "-out", made], check=True, capture_output=True)
    return made, key


class RootedTest(unittest.TestCase):
    def setUp(self):
        self.outside = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.outside / "root"
        self.root.mkdir()
        shutil.copy(BINARY, self.root / "ipfs_peer_exporter")

    def put(self, path, content):
        """Writes a file of the root; text or bytes."""
        at = self.root / path.lstrip("/")
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_bytes(content if isinstance(content, bytes) else content.encode())

    def command(self, *flags):
        return [shutil.which("chroot"), str(self.root), "/ipfs_peer_exporter", *flags]

    def once(self, *flags, env=None):
        """Polls once; the exit code, the page and the messages."""
        done = subprocess.run(self.command("--once", *flags), env=PATIENT | (env or {}),
                              capture_output=True, text=True, timeout=2 * PATIENCE, check=False)
        return done.returncode, done.stdout, done.stderr

    def check_polls(self, address, *flags, env=None):
        code, page, said = self.once(f"--ipfs.api={address}", *flags, env=env)
        self.assertEqual(code, 0, said)
        self.assertIn("\nipfs_up 1\n", page)

    def daemon(self, listen="127.0.0.1:0", tls=None):
        """A replayed daemon; with (certificate, key), behind TLS."""
        fake = FakeDaemon(recording("v0.42.0/online"), listen)
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            plain = fake.handle

            def handle(connection):
                try:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        plain(secured)
                except ssl.SSLError:
                    pass  # the client does not trust the certificate

            fake.handle = handle
        return self.enterContext(fake)
