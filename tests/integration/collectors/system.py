"""ipfs.system with recorded daemons."""

KILOBYTE = 1.024  # the daemon counts a kernel's kB as 1000 bytes


def expected(answers):
    diag = answers.get("diag/sys")
    yield "ipfs_daemon_goroutines", {}, diag["runtime"]["numgoroutines"]
    yield "ipfs_daemon_virtual_memory_bytes", {}, diag["memory"]["virt"] * KILOBYTE
    yield "ipfs_daemon_swap_bytes", {}, diag["memory"]["swap"] * KILOBYTE
    yield "ipfs_repo_volume_available_bytes", {}, diag["diskinfo"]["total_space"]
    yield "ipfs_repo_volume_free_bytes", {}, diag["diskinfo"]["free_space"]
