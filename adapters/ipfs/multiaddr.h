#pragma once

#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// The transport of a connection, by its multiaddr name
// (https://github.com/multiformats/multiaddr/blob/master/protocols.csv): tcp,
// ws, wss, quic, quic-v1, webtransport, webrtc-direct, p2p-circuit or other. A
// relayed connection is p2p-circuit, whatever its own transport. Accepts any
// text.
std::string_view Transport(std::string_view multiaddr);

}  // namespace ipfs_peer_exporter::ipfs
