"""The service and its socket under a real systemd."""

import os
import pathlib
import re
import shutil
import unittest

from deb import MACHINE, NAME, REPOSITORY, built, needs_static, run
from harness import IntegrationTest, slow

BASE = REPOSITORY / "build" / "systemd-root.tar"
BOOT = pathlib.Path(__file__).with_name("boot")
CONFIG = f"/etc/{NAME}/exporter.yml"

# Runs the rest of the script, and powers off.
UNIT = """[Unit]
After=basic.target
SuccessAction=poweroff-force
FailureAction=poweroff-force
[Service]
Type=oneshot
TimeoutStartSec=300
StandardOutput=truncate:/said
StandardError=truncate:/said
ExecStart=/script
"""
SCRIPT = """#!/bin/bash
get() {
  exec 3<>/dev/tcp/127.0.0.1/10055 || return
  printf 'GET %s HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' "$1" >&3
  cat <&3
}
state() { echo "state $(systemctl is-active {name} {name}.socket | paste -sd ' ')"; }
main_status() { grep "$1" "/proc/$(systemctl show -p MainPID --value {name})/status"; }
dpkg --install /package.deb
state
""".replace("{name}", NAME)


def needed():
    """Why the tests cannot run here; empty if they can."""
    if os.geteuid() != 0:
        return "needs root"
    if not BASE.exists():
        return f"{BASE.relative_to(REPOSITORY)} is not there: .ci/run makes it"
    if not os.path.isdir("/sys/fs/cgroup/systemd"):
        return "needs the cgroup hierarchy of systemd"
    return "" if MACHINE == "x86_64" else "the Debian is for x86_64"


@slow
@needs_static()
@unittest.skipIf(needed(), needed())
class ServiceTest(IntegrationTest):
    def boot(self, script):
        """What the script prints, after the package is installed."""
        root = self.temporary()
        run("tar", "--extract", "--file", BASE, "--directory", root)
        root.chmod(0o755)
        (root / "usr/sbin/policy-rc.d").unlink(missing_ok=True)
        shutil.copy(built(), root / "package.deb")
        (root / "script").write_text(SCRIPT + script)
        (root / "script").chmod(0o755)
        units = root / "etc/systemd/system"
        for unit in ("systemd-udevd.service", "systemd-logind.service", "getty.target"):
            (units / unit).symlink_to("/dev/null")
        (units / "try.service").write_text(UNIT)
        (units / "default.target").unlink(missing_ok=True)
        (units / "default.target").symlink_to("/lib/systemd/system/multi-user.target")
        (units / "multi-user.target.wants").mkdir(exist_ok=True)
        (units / "multi-user.target.wants/try.service").symlink_to("../try.service")
        try:
            booted = run(BOOT, root)
        except AssertionError as error:  # powered off: the kernel kills the first process
            booted = str(error)
        said = root / "said"
        self.assertTrue(said.exists(), booted)
        return said.read_text()

    def test_a_life(self):
        said = self.boot(f"""
get /metrics
main_status '^\\(Uid\\|Cap\\|NoNewPrivs\\|Seccomp:\\)'
systemctl reload {NAME}; echo "good reload $?"
echo 'ipfs.apy: none' >>{CONFIG}
systemctl reload {NAME}; echo "bad reload $?"
state
sed -i /apy/d {CONFIG}
dpkg --install /package.deb
state
get /-/healthy
journalctl --unit {NAME} --output cat
dpkg --purge {NAME}
state
""")
        self.assertEqual(re.findall("^state .*", said, re.MULTILINE),
                         ["state active inactive"] * 3 + ["state inactive inactive"], said)
        for pattern in (r"^ipfs_up 0$", r"^process_start_time_seconds \d", r"^process_max_fds \d",
                        r"^good reload 0$", r"^bad reload 1$", "msg=\"configuration reloaded\"",
                        r"ipfs_peer_exporter is healthy", r"^CapBnd:\s+0+$", r"^CapEff:\s+0+$",
                        r"^NoNewPrivs:\s+1$", r"^Seccomp:\s+2$", r"^Uid:\s+[1-9]\d\d\s"):
            self.assertRegex(said, re.compile(pattern, re.MULTILINE))
        self.assertNotRegex(said, "in use|Bad system call")

    def test_the_socket(self):
        page = (REPOSITORY / "docs" / "packages.md").read_text()
        [commands] = re.findall(r"^```sh\n(sed .*?)^```$", page, re.MULTILINE | re.DOTALL)
        said = self.boot(commands + f"""
get /-/healthy
state
systemctl stop {NAME}
get /-/healthy
state
systemctl reload {NAME}; echo "reload $?"
""")
        self.assertEqual(re.findall("^state .*", said, re.MULTILINE),
                         ["state active inactive"] + ["state active active"] * 2, said)
        self.assertEqual(said.count("ipfs_peer_exporter is healthy"), 2, said)
        self.assertIn("reload 0", said)


if __name__ == "__main__":
    unittest.main()
