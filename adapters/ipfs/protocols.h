#pragma once

#include <string>
#include <vector>

namespace ipfs_peer_exporter::ipfs {

// The default of --ipfs.bandwidth-protocols: the libp2p protocols that carry
// most of the traffic of a node. Pubsub moved from meshsub 1.1.0 to 1.3.0; a
// private network uses the LAN DHT.
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
