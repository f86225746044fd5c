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
STORAGE = """\
[storage]
driver = "vfs"
graphroot = "{directory}/store"
runroot = "{directory}/run"
"""
BOTH = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
CLEAN_UP_SECONDS = 120


class Podman:
    """All commands together may take `seconds`; close() removes everything created."""

    def __init__(self, seconds):
        self._deadline = time.monotonic() + seconds
        self._temporary = tempfile.TemporaryDirectory(prefix="podman-")
        self._directory = pathlib.Path(self._temporary.name)
        # For scripts that call podman. A cache of the Dockerfile's goes to TMPDIR.
        self.environment = os.environ | {"TMPDIR": str(self._directory)}
        for variable, text in (("CONTAINERS_CONF", CONFIGURATION),
                               ("CONTAINERS_STORAGE_CONF", STORAGE)):
            file = self._directory / variable
            file.write_text(text.format(directory=self._directory))
            self.environment[variable] = str(file)

    def seconds_left(self):
        return max(0, self._deadline - time.monotonic())

    def __call__(self, *arguments):
        """The output of the command; AssertionError with its end if the command fails."""
        return self._output(f"podman {arguments[0]}", self.start(*arguments, **BOTH))

    def start(self, *arguments, **options):
        """The command as a child process in its own process group."""
        return self._start("podman", f"--tmpdir={self._directory}/tmp", *arguments, **options)

    def run(self, script, *arguments):
        """The output of a script that calls podman; AssertionError if it fails."""
        return self._output(script, self._start(script, *arguments, **BOTH))

    def _start(self, *command, **options):
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, env=self.environment,
                                start_new_session=True, **options)

    def _output(self, name, started):
        with started as process:
            try:
                output, errors = process.communicate(timeout=self.seconds_left())
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # a build has children
                raise
        if process.returncode != 0:
            raise AssertionError(f"{name}: {output[-4000:]}\n{errors[-4000:]}")
        return output

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
