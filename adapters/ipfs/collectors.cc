#include "adapters/ipfs/collector.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

#define COLLECTOR(name) &name##_collector,
constexpr const Collector* kTable[] = {
#include "adapters/ipfs/collectors.inc"
};
#undef COLLECTOR

}  // namespace

std::span<const Collector* const> Collectors() { return kTable; }

const Collector& Health() { return health_collector; }

}  // namespace ipfs_peer_exporter::ipfs
