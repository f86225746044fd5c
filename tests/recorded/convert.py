#!/usr/bin/env python3
"""Creates the recordings in this folder from folders of manifests.

    python3 convert.py SOURCE [TARGET]

The answers come from real daemons. For each version three nodes ran on the loopback
interface, in a network of their own: they found each other through the DHT, exchanged
blocks and pubsub messages, and then every call was sent once to one of them. Peer IDs and
addresses belong to those nodes; the interface addresses in `diag/sys` were replaced by ones
reserved for documentation. The scenarios:

    online       the network above
    offline      `ipfs daemon --offline`
    minimal      no routing, no resource manager, no bandwidth metrics, no provide
    accelerated  the accelerated DHT client, which go-ipfs has from 0.9
    altprovide   from 0.38: the provide system that is not the version's default
    auth         API.Authorizations set; calls with and without a token
    unixapi      the RPC API on a Unix socket

Of accelerated and altprovide only what they change was recorded: `version`, `stats/bw`,
`stats/dht`, `stats/provide`, `stats/reprovide`, `provide/stat` and `swarm/peers` alone.

SOURCE/VERSION/SCENARIO/manifest.json lists the calls of one recording in `calls`: method,
path, query, request_headers, status, content_type, transfer (chunked or length), trailers,
and in `file` the name of the file beside it that holds the body. One recording becomes one
file TARGET/VERSION/SCENARIO.json: a list of those calls with the body inside, of which only
the calls that an exporter asks are kept.

`commands` is kept once for each version, in `online`: the tree of names was found the same in
`offline` and `minimal`. Except in WHOLE its body is cut down to `Name` and `Subcommands`; what
is gone are the `Options` of each command.
"""

import argparse
import json
import pathlib

SCENARIOS = ("online", "offline", "minimal", "accelerated", "altprovide", "auth", "unixapi")

# The daemon's own metrics and the options of `commands` are large and similar in every
# version, so one old and one new daemon are enough.
WHOLE = ("v0.8.0/online", "v0.42.0/online")
COMMANDS = "/api/v0/commands"
METRICS = "/debug/metrics/prometheus"

# The calls with the parameters that the exporter may send; * is any value.
CALLS = {
    "bitswap/stat": [""],
    "diag/healthy": [""],
    "diag/sys": [""],
    "files/stat": ["arg=/"],
    "id": [""],
    "key/list": [""],
    "nonexistent/cmd": [""],
    "p2p/ls": [""],
    "p2p/stream/ls": [""],
    "pin/ls": ["type=recursive&stream=true", "type=direct&stream=true"],
    "pin/remote/service/ls": ["stat=true"],
    "provide/stat": ["", "lan=true"],
    "pubsub/ls": [""],
    "pubsub/peers": ["", "arg=*"],
    "repo/stat": ["", "size-only=true"],
    "stats/bw": ["", "proto=*"],
    "stats/dht": ["", "arg=wan", "arg=lan", "arg=lan&arg=bogus"],
    "stats/provide": [""],
    "stats/reprovide": [""],
    "swarm/addrs/autonat": [""],
    "swarm/limit": ["arg=all", "arg=system"],
    "swarm/peering/ls": [""],
    "swarm/peers": ["", "identify=true", "latency=true&direction=true&streams=true"],
    "swarm/resources": [""],
    "swarm/stats": ["arg=all", "arg=system"],
    "version": [""],
    "version/check": [""],
}


def is_kept(call, name):
    """Whether the exporter makes this call and this recording should contain it."""
    if call["path"] == COMMANDS:
        return name.endswith("/online")
    if call["path"] == METRICS:
        return name in WHOLE
    patterns = CALLS.get(call["path"].removeprefix("/api/v0/"), [])
    query = call["query"]
    return any(
        query.startswith(pattern[:-1]) if pattern.endswith("*") else query == pattern
        for pattern in patterns)


def names_only(command):
    """A command of the tree returned by `commands` and its subcommands, without options."""
    return {"Name": command["Name"],
            "Subcommands": [names_only(below) for below in command["Subcommands"]]}


def body_of(call, folder, name):
    body = (folder / call["file"]).read_bytes().decode()
    if call["path"] == COMMANDS and name not in WHOLE:
        tree = names_only(json.loads(body))
        return json.dumps(tree, separators=(",", ":")) + "\n"
    return body


def convert_call(call, folder, name):
    """One call of a manifest in the form of the recording."""
    kept = {key: call[key] for key in ("method", "path", "query")}
    if authorization := call.get("request_headers", {}).get("Authorization"):
        kept["authorization"] = authorization
    kept |= {key: call[key] for key in ("status", "content_type", "transfer")}
    if trailers := call.get("trailers"):
        kept["trailers"] = trailers
    kept["body"] = body_of(call, folder, name)
    return kept


def convert(folder, name):
    """The recording of one folder of a manifest."""
    calls = json.loads((folder / "manifest.json").read_text())["calls"]
    return [convert_call(call, folder, name) for call in calls if is_kept(call, name)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=pathlib.Path)
    parser.add_argument("target", type=pathlib.Path, nargs="?",
                        default=pathlib.Path(__file__).parent)
    args = parser.parse_args()
    for manifest in sorted(args.source.glob("*/*/manifest.json")):
        name = manifest.parent.relative_to(args.source).as_posix()
        if manifest.parent.name not in SCENARIOS:
            continue
        target = args.target / f"{name}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(convert(manifest.parent, name), indent=1, ensure_ascii=False)
        target.write_text(text + "\n")


if __name__ == "__main__":
    main()
