#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// The libp2p protocols that are worth a series of their own on any node.
inline constexpr std::string_view kWellKnownProtocols[] = {
    "/ipfs/bitswap/1.2.0",
    "/ipfs/id/1.0.0",
    "/ipfs/id/push/1.0.0",
    "/ipfs/kad/1.0.0",
    "/ipfs/lan/kad/1.0.0",
    "/ipfs/ping/1.0.0",
    "/libp2p/circuit/relay/0.2.0/hop",
    "/libp2p/circuit/relay/0.2.0/stop",
    "/meshsub/1.1.0",
    "/meshsub/1.2.0",
    "/meshsub/1.3.0",
};

inline bool IsWellKnownProtocol(std::string_view protocol) {
  return std::find(std::begin(kWellKnownProtocols),
                   std::end(kWellKnownProtocols),
                   protocol) != std::end(kWellKnownProtocols);
}

}  // namespace ipfs_peer_exporter::ipfs
