"""ipfs.version_check with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"online": range(30), "offline": ALL, "minimal": ALL}


def expected(answers):
    check = answers.get("version/check")
    others = check["PeersSampled"] - 1  # the node counts itself
    if others > 0:
        yield "ipfs_version_update_available", {}, check["UpdateAvailable"]
        yield "ipfs_version_peers_sampled", {}, others
        yield "ipfs_version_newer_peers", {}, check["WithGreaterVersion"]
