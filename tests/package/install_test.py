"""The package in a bare Debian without systemd: installed, upgraded, removed, purged.

With SLOW=2 also in the releases before and after Debian 12.
"""

import hashlib
import os
import re
import shutil
import stat
import unittest

from deb import MACHINE, NAME, REPOSITORY, built, needs_static, run
from harness import IntegrationTest
from patience import SLOW

CONFIG = f"etc/{NAME}"
# What belongs to dpkg, adduser and systemd, whatever is installed.
NOT_OURS = re.compile(r"(var/(lib/dpkg|log|cache)/|run/adduser$|etc/\.pwd\.lock$|"
                      r"etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$)")
SYSTEMD = ("etc/systemd", "var/lib/systemd")  # its folders, not the links and files in them


def needs(base, least):
    """Skips the tests of a class where they cannot run or SLOW is less."""
    why = ("" if MACHINE == "x86_64" else "the bare Debian is for x86_64")
    if not (REPOSITORY / base).exists():
        why = f"{base} is not there: SLOW={least} .ci/run makes it"
    if os.geteuid() != 0:
        why = "needs root"
    if SLOW < least:
        why = f"slow: runs with SLOW={least}"
    return unittest.skipIf(why, why)


class Install:
    """The tests of one release."""
    base = ""

    def setUp(self):
        self.root = self.temporary()
        run("tar", "--extract", "--file", REPOSITORY / self.base, "--directory", self.root)
        self.root.chmod(0o755)
        # A policy of the base that forbids to start services would hide what is tested here.
        (self.root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)

    def inside(self, *command):
        return run("chroot", self.root, *command, env={
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"})

    def install(self, deb, *options):
        shutil.copy(deb, self.root / "package.deb")
        said = self.inside("dpkg", *options, "--install", "/package.deb")
        (self.root / "package.deb").unlink()
        return said

    def older(self):
        """A package of a lower version with other configuration files."""
        folder = self.temporary()
        run("dpkg-deb", "--raw-extract", built(), folder / "old")
        control = folder / "old/DEBIAN/control"
        control.write_text(re.sub(r"^Version: .*", "Version: 0.0.9-1", control.read_text(),
                                  flags=re.MULTILINE))
        for name in ("exporter.yml", "web.yml"):
            (folder / "old" / CONFIG / name).write_text("# old\n")
        run("dpkg-deb", "--root-owner-group", "--build", folder / "old", folder / "old.deb")
        return folder / "old.deb"

    def files(self):
        """What is on the disk, without what Debian's tools keep for themselves."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            name = str(path.relative_to(self.root))
            status = path.lstat()
            if NOT_OURS.match(name) or stat.S_ISDIR(status.st_mode) and name.startswith(SYSTEMD):
                continue
            content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
            found[name] = (status.st_mode, status.st_uid, status.st_gid,
                           hashlib.sha256(content).hexdigest())
        return found

    def owner(self, name):
        return self.inside("stat", "-c", "%U:%G %a", f"/{CONFIG}/{name}".rstrip("/")).strip()

    def check_secrets(self):
        for name, mode in (("exporter.yml", 640), ("web.yml", 640), ("credentials", 750)):
            self.assertEqual(self.owner(name), f"root:{NAME} {mode}", name)

    def enabled(self, target, kind):
        return os.path.lexists(
            self.root / f"etc/systemd/system/{target}.wants/{NAME}.{kind}")

    def test_a_life(self):
        before = self.files()
        self.install(built())
        self.assertIn("install ok installed", self.inside("dpkg", "--status", NAME))
        self.assertEqual(self.inside("dpkg", "--verify", NAME), "")
        user = self.inside("getent", "passwd", NAME).strip().split(":")
        self.assertTrue(100 <= int(user[2]) <= 999, user)
        self.assertEqual(user[5:], ["/nonexistent", "/usr/sbin/nologin"])
        self.check_secrets()
        self.assertEqual(self.owner(""), "root:root 755")
        self.assertTrue(self.enabled("multi-user.target", "service"))
        self.assertFalse(self.enabled("sockets.target", "socket"))

        self.inside("dpkg", "--remove", NAME)
        left = {name for name in self.files().keys() - before.keys()
                if not name.startswith(SYSTEMD)}
        self.assertEqual(left, {CONFIG, f"{CONFIG}/exporter.yml", f"{CONFIG}/web.yml"})
        (self.root / CONFIG / "mapping.yml").touch()
        self.inside("dpkg", "--purge", NAME)
        self.assertEqual(self.files(), before)
        self.assertEqual(self.inside("getent", "passwd", NAME).strip().split(":"), user)

    def test_it_can_come_back(self):
        self.install(built())
        self.inside("dpkg", "--remove", NAME)
        self.install(built())
        self.check_secrets()
        self.assertTrue(self.enabled("multi-user.target", "service"))
        self.inside("dpkg", "--purge", NAME)
        self.install(built())
        self.check_secrets()
        self.assertTrue(self.enabled("multi-user.target", "service"))

    def test_an_upgrade_keeps_what_the_administrator_changed(self):
        self.install(self.older())
        changed = self.root / CONFIG / "exporter.yml"
        changed.write_text("ipfs.api: /unix/run/ipfs/api.sock\n")
        secret = self.root / CONFIG / "credentials/ipfs"
        secret.write_text("bearer:secret")
        (self.root / f"etc/systemd/system/multi-user.target.wants/{NAME}.service").unlink()
        self.inside("dpkg-statoverride", "--update", "--add", "root", "root", "0600",
                    f"/{CONFIG}/web.yml")

        self.install(built(), "--force-confdef", "--force-confold")
        self.assertEqual(changed.read_text(), "ipfs.api: /unix/run/ipfs/api.sock\n")
        self.assertIn("tls_server_config", (self.root / CONFIG / "web.yml").read_text())
        self.assertEqual(secret.read_text(), "bearer:secret")
        self.assertEqual(self.owner("exporter.yml"), f"root:{NAME} 640")
        self.assertEqual(self.owner("web.yml"), "root:root 600")
        self.assertFalse(self.enabled("multi-user.target", "service"))

    def systemd(self):
        """Returns a function that gives what systemctl was to do since its last call."""
        (self.root / "run/systemd/system").mkdir(parents=True)
        systemctl = self.root / "usr/local/bin/systemctl"
        systemctl.write_text('#!/bin/sh\necho "$@" >>/told\n'
                             'case " $* " in *" is-enabled "*) echo enabled ;; esac\n')
        systemctl.chmod(0o755)

        def told():
            file = self.root / "told"
            said = file.read_text().splitlines() if file.exists() else []
            file.unlink(missing_ok=True)
            words = [[word for word in line.split() if not word.startswith("-")] for line in said]
            return [" ".join(line) for line in words
                    if NAME in " ".join(line) and not line[0].startswith("is-")]
        return told

    def test_it_runs_the_service(self):
        told = self.systemd()
        self.install(self.older())
        self.assertEqual(told(), [f"start {NAME}.service"])
        self.install(built(), "--force-confnew")
        self.assertEqual(told(), [f"restart {NAME}.service"])
        self.inside("dpkg", "--remove", NAME)
        self.assertEqual(told(), [f"stop {NAME}.service {NAME}.socket"])

    def test_it_asks_the_policy(self):
        told = self.systemd()
        policy = self.root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        self.install(built())
        self.inside("dpkg", "--purge", NAME)
        self.assertEqual(told(), [])

    @needs_static()
    def test_it_reads_a_daemon_through_the_group_of_its_socket(self):
        self.install(built())
        self.inside("addgroup", "--system", "ipfs")
        folder = self.root / "run/ipfs"
        folder.mkdir(mode=0o755)
        self.daemon(listen=f"unix:{folder}/api.sock")
        group = int(self.inside("getent", "group", "ipfs").split(":")[2])
        os.chown(folder / "api.sock", 0, group)
        os.chmod(folder / "api.sock", 0o660)
        config = self.root / CONFIG / "exporter.yml"
        config.write_text(config.read_text().replace("/ip4/127.0.0.1/tcp/5001",
                                                     "/unix/run/ipfs/api.sock"))
        self.assertEqual(self.service().page_after("failed").value("ipfs_up"), 0)
        self.inside("adduser", NAME, "ipfs")
        self.assertEqual(self.service().page_after("ok").value("ipfs_up"), 1)

    def service(self):
        """The program with the arguments, the user and the groups of the unit."""
        unit = (self.root / f"usr/lib/systemd/system/{NAME}.service").read_text()
        command = re.search(r"^ExecStart=(.*)", unit, re.MULTILINE)[1]
        script = self.temporary() / "service"
        script.write_text(f"#!/bin/sh\nexec chroot {self.root} setpriv --reuid={NAME} "
                          f'--regid={NAME} --init-groups {command} "$@"\n')
        script.chmod(0o755)
        exporter = self.exporter(binary=script)

        def page_after(result):
            exporter.wait_poll("ipfs.health", result=result)
            return exporter.page()
        exporter.page_after = page_after
        return exporter


@needs("build/base-image.tar", least=1)
class Debian12Test(Install, IntegrationTest):
    base = "build/base-image.tar"


@needs("build/bullseye.tar", least=2)
class Debian11Test(Install, IntegrationTest):
    base = "build/bullseye.tar"


@needs("build/trixie.tar", least=2)
class Debian13Test(Install, IntegrationTest):
    base = "build/trixie.tar"


if __name__ == "__main__":
    unittest.main()
