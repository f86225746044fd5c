"""ipfs.agents with recorded daemons."""

import re
from collections import Counter

from answers import ALL

UNSUPPORTED = {"online": range(20), "offline": ALL, "minimal": range(20)}
TWICE = True


def agent_name(text):
    """kubo/0.42.0/969853d96 as kubo/0.42; an empty agent as unknown."""
    family, version = re.match(r"([^/]*)(?:/v?(\d+\.\d+))?", text).groups()
    return "/".join(filter(None, (family, version))) or "unknown"


def expected(answers):
    """From the second poll on, when all of the few agents are shown."""
    of_peer = {one["Peer"]: agent_name(one["Identify"]["AgentVersion"])
               for one in answers.get("swarm/peers", "identify=true")["Peers"]}
    for agent, count in Counter(of_peer.values()).items():
        yield "ipfs_swarm_agent_peers", {"agent": agent}, count
