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

std::optional<prometheus::MetricType> TypeOfFamily(std::string_view name) {
  for (const auto* collector : kTable) {
    for (const auto& family : collector->families) {
      if (family.name == name) return family.type;
    }
  }
  return std::nullopt;
}

}  // namespace ipfs_peer_exporter::ipfs
