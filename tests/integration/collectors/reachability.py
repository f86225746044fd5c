"""ipfs.reachability with recorded daemons."""

from answers import ALL

UNSUPPORTED = {"online": range(40), "offline": ALL, "minimal": range(40)}


def expected(answers):
    autonat = answers.get("swarm/addrs/autonat")
    for state in ("public", "private", "unknown"):
        yield "ipfs_reachability", {"state": state}, autonat["reachability"].lower() == state
    for state in ("reachable", "unreachable", "unknown"):
        yield "ipfs_reachability_addresses", {"state": state}, len(autonat.get(state, []))
    if "nat" in autonat:
        yield "ipfs_reachability_nat", {"type": autonat["nat"]}, 1
