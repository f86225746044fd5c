"""A large node: replies with many connections and pins, generated while they are sent."""

import itertools
import json

AT_ONCE = 200  # elements per piece
ADDRESSES = (
    "/ip4/198.51.100.{0}/tcp/4001", "/ip4/198.51.100.{0}/udp/4001/quic-v1",
    "/ip6/2001:db8::{0}/udp/4001/quic-v1", "/ip6/2001:db8::{0}/tcp/4001",
    "/ip4/198.51.100.{0}/udp/4001/quic-v1/webtransport",
    "/ip4/198.51.100.{0}/udp/4001/webrtc-direct", "/ip4/198.51.100.{0}/tcp/80/ws",
    "/dns4/a{0}.example.org/tcp/443/tls/ws", "/ip4/198.51.100.{0}/udp/4001/quic",
    "/ip4/198.51.100.{0}/tcp/4001/p2p/QmRelay/p2p-circuit", "/ip4/198.51.100.{0}/sctp/4001")
PROTOCOLS = (
    "/floodsub/1.0.0", "/ipfs/bitswap", "/ipfs/bitswap/1.0.0", "/ipfs/bitswap/1.1.0",
    "/ipfs/bitswap/1.2.0", "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/kad/1.0.0",
    "/ipfs/ping/1.0.0", "/libp2p/autonat/1.0.0", "/libp2p/autonat/2/dial-back",
    "/libp2p/circuit/relay/0.2.0/stop", "/meshsub/1.1.0", "/meshsub/1.2.0", "/x/")
STREAMS = [{"Protocol": name} for name in (
    "/ipfs/bitswap/1.2.0", "/ipfs/kad/1.0.0", "/ipfs/id/1.0.0", "/meshsub/1.3.0", "")]
LETTERS = str.maketrans("0123456789", "abcdefghij")  # no CID and no peer ID has a 0


def number_name(prefix, number, length):
    return prefix + f"{number:0{length - len(prefix)}}".translate(LETTERS)


def peer_id(number):
    return number_name("12D3KooW", number, 52)


def connection(number, identify):
    """One element of swarm/peers as Kubo writes it; about 900 bytes with identify."""
    addresses = [form.format(number % 250) for form in ADDRESSES]
    of_peer = {"ID": "", "PublicKey": "", "Addresses": None, "AgentVersion": "",
               "Protocols": None}
    if not identify:
        asked = {"Latency": f"{number % 700 + 1}.5ms", "Direction": 1 + number % 2,
                 "Streams": [*STREAMS, {"Protocol": PROTOCOLS[number % len(PROTOCOLS)]}]}
    else:
        asked = {}
        of_peer = {"ID": peer_id(number), "PublicKey": "CAESI" + "A" * 43,
                   "Addresses": [f"{one}/p2p/{peer_id(number)}" for one in addresses[:3]],
                   "AgentVersion": agent_version(number), "Protocols": PROTOCOLS}
    return {"Addr": addresses[number % len(addresses)], "Peer": peer_id(number), **asked,
            "Identify": of_peer}


def agent_version(number):
    """Few agents have most of the peers; one peer in fifty has an invented agent, one has none."""
    if number % 50 == 1:
        return ""
    if number % 50 == 0:
        return f"stranger-{number}/1.0.0"
    return f"kubo/0.{number % 30 + 14}.0/{number:08x}"


def pieces_of(texts):
    """Several elements at once, as bytes."""
    texts = iter(texts)
    while piece := "".join(itertools.islice(texts, AT_ONCE)):
        yield piece.encode()


def send_pieces(exchange, pieces):
    exchange.begin_chunked()
    for piece in pieces:
        exchange.chunk(piece)
    exchange.end_chunked()


def swarm_peers(count, identify):
    """The bytes of a reply with many peers, in pieces, with one connection per peer."""
    def texts():
        for number in range(count):
            yield "," if number else '{"Peers":['
            yield json.dumps(connection(number, identify), separators=(",", ":"))
        yield "]}\n"
    return pieces_of(texts())


def has_connections(count):
    """swarm/peers of a node with many connections."""
    def behaviour(exchange):
        send_pieces(exchange, swarm_peers(count, ("identify", "true") in exchange.parameters))
    return behaviour


def has_pins(**counts):
    """pin/ls as a stream; the counts are given by type, such as recursive=1_000_000."""
    def behaviour(exchange):
        kind = dict(exchange.parameters)["type"]
        pins = (f'{{"Cid":"{number_name("bafkrei", number, 59)}","Type":"{kind}"}}\n'
                for number in range(counts[kind]))
        send_pieces(exchange, pieces_of(pins))
    return behaviour
