#include <algorithm>
#include <functional>

#include "adapters/ipfs/collector.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

#define COLLECTOR(name) &name##_collector,
constexpr const Collector* kTable[] = {
#include "adapters/ipfs/collectors.inc"
};
#undef COLLECTOR

}  // namespace

std::size_t ConnectedPeers::Hash(std::string_view peer_id) {
  return std::hash<std::string_view>{}(peer_id);
}

bool ConnectedPeers::Contains(std::string_view peer_id) const {
  return std::binary_search(hashes.begin(), hashes.end(), Hash(peer_id));
}

const ConnectedPeers* DaemonState::ConnectedNow() const {
  return connected && now - connected->at <= lasts ? &*connected : nullptr;
}

std::span<const Collector* const> Collectors() { return kTable; }

const Collector& Health() { return health_collector; }

}  // namespace ipfs_peer_exporter::ipfs
