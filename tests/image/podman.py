"""Podman with a store of its own, which is removed completely."""

import contextlib
import os
import pathlib
import signal
import subprocess
import tempfile
import time

# No raised limits, no systemd, and no use of the host's configuration.
CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
[network]
network_config_dir = "{directory}/networks"
"""
CLEAN_UP_SECONDS = 120


class Podman:
    """All commands together may take `seconds`; close() removes everything created."""

    def __init__(self, seconds):
        self._deadline = time.monotonic() + seconds
        self._temporary = tempfile.TemporaryDirectory(prefix="podman-")
        self._directory = pathlib.Path(self._temporary.name)
        self._configuration = self._directory / "containers.conf"
        self._configuration.write_text(CONFIGURATION.format(directory=self._directory))

    def seconds_left(self):
        return max(0, self._deadline - time.monotonic())

    def __call__(self, *arguments):
        """The output of the command; AssertionError with its end if the command fails."""
        with self.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            try:
                output, errors = process.communicate(timeout=self.seconds_left())
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # a build has children
                raise
        if process.returncode != 0:
            raise AssertionError(f"podman {arguments[0]}: {output[-4000:]}\n{errors[-4000:]}")
        return output

    def start(self, *arguments, **options):
        """The command as a child process in its own process group."""
        store = [f"--root={self._directory}/store", f"--runroot={self._directory}/run",
                 f"--tmpdir={self._directory}/tmp"]
        return subprocess.Popen(
            ["podman", *store, *arguments], stdin=subprocess.DEVNULL, text=True,
            env=os.environ | {"CONTAINERS_CONF": str(self._configuration)},
            start_new_session=True, **options)

    def close(self):
        self._deadline = time.monotonic() + CLEAN_UP_SECONDS
        with contextlib.ExitStack() as stack:
            stack.callback(self._temporary.cleanup)
            stack.callback(unmount_below, self._directory)
            self("pod", "rm", "--all", "--force", "--time=0")
            self("rm", "--all", "--force", "--time=0")


def unmount_below(directory):
    with open("/proc/self/mountinfo") as mounts:
        points = [line.split()[4] for line in mounts]
    for point in reversed(points):  # in reverse order of mounting
        if point.startswith(f"{directory}/"):
            subprocess.run(["umount", point], check=True)
