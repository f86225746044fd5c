#pragma once

#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// The transport of a connection, in the multiaddr's own words
// (https://github.com/multiformats/multiaddr/blob/master/protocols.csv): one of
// tcp ws wss quic quic-v1 webtransport webrtc-direct p2p-circuit other.
// A relayed connection is p2p-circuit whatever carries it. Any text is taken.
std::string_view Transport(std::string_view multiaddr);

}  // namespace ipfs_peer_exporter::ipfs
