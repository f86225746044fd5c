"""ipfs.p2p with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"offline": ALL, "minimal": ALL}


def expected(answers):
    yield "ipfs_p2p_listeners", {}, len(answers.get("p2p/ls")["Listeners"])
    yield "ipfs_p2p_streams", {}, len(answers.get("p2p/stream/ls")["Streams"] or [])
