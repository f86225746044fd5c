"""ipfs.peering with recorded daemons."""

from answers import ALL
from collectors.swarm import connections

UNSUPPORTED = {"online": range(10), "offline": ALL, "minimal": range(10)}
TWICE = True


def expected(answers):
    up = {one["Peer"] for one in connections(answers)}
    wanted = {one["ID"] for one in answers.get("swarm/peering/ls")["Peers"]}
    yield "ipfs_peering_peers", {"state": "connected"}, len(wanted & up)
    yield "ipfs_peering_peers", {"state": "disconnected"}, len(wanted - up)
