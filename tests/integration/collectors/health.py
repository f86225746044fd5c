"""ipfs.health with recorded daemons."""

JS_IPFS = True


def expected(answers):
    yield "ipfs_up", {}, 1
    yield "ipfs_daemon_restarts_total", {}, 0
    if answers.get("diag/healthy") == "ok":
        yield "ipfs_healthy", {}, 1
