#include "adapters/ipfs/daemon_state.h"

#include <algorithm>
#include <functional>

namespace ipfs_peer_exporter::ipfs {

std::size_t ConnectedPeers::Hash(std::string_view peer_id) {
  return std::hash<std::string_view>{}(peer_id);
}

bool ConnectedPeers::Contains(std::string_view peer_id) const {
  return std::binary_search(hashes.begin(), hashes.end(), Hash(peer_id));
}

const ConnectedPeers* DaemonState::ConnectedNow() const {
  return connected && now - connected->at <= lasts ? &*connected : nullptr;
}

}  // namespace ipfs_peer_exporter::ipfs
