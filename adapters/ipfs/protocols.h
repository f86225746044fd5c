#pragma once

#include <string>
#include <vector>

namespace ipfs_peer_exporter::ipfs {

// The libp2p protocols that are worth series of their own on any node: the
// default of --ipfs.bandwidth-protocols. Pubsub moved from meshsub 1.1.0 to
// 1.3.0; in a private network the DHT is the lan one.
inline std::vector<std::string> DefaultBandwidthProtocols() {
  return {
      "/ipfs/bitswap/1.2.0",
      "/ipfs/kad/1.0.0",
      "/ipfs/lan/kad/1.0.0",
      "/ipfs/id/1.0.0",
      "/ipfs/id/push/1.0.0",
      "/ipfs/ping/1.0.0",
      "/meshsub/1.1.0",
      "/meshsub/1.2.0",
      "/meshsub/1.3.0",
      "/libp2p/circuit/relay/0.2.0/hop",
      "/libp2p/circuit/relay/0.2.0/stop",
  };
}

}  // namespace ipfs_peer_exporter::ipfs
