"""Repositories for a Kubo that stays on this machine: for ./run --kubo and the tests."""

import json
import os
import subprocess

# Nobody outside of this machine is called. `auto` would mean values from the network.
CONFIGURATION = {
    "AutoConf.Enabled": False, "Bootstrap": [], "DNS.Resolvers": {}, "Ipns.DelegatedPublishers": [],
    "Routing.DelegatedRouters": [], "Routing.Type": "dhtserver", "Addresses.Gateway": [],
}


def environment(repository):
    """Without variables of another daemon."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("IPFS_")}
    return kept | {"IPFS_PATH": str(repository), "IPFS_TELEMETRY": "off"}


def make_repository(binary, folder, more=None):
    """Its daemon listens on free ports of 127.0.0.1; the file `api` says on which."""
    def command(*arguments):
        subprocess.run([binary, *arguments], env=environment(folder), check=True, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    command("init", "--profile=test", "--empty-repo")
    for key, value in (CONFIGURATION | (more or {})).items():
        command("config", "--json", key, json.dumps(value))


def url(repository):
    """The RPC API of the running daemon."""
    _, _, host, _, port = (repository / "api").read_text().strip().split("/")
    return f"http://{host}:{port}"
