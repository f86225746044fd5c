#include "exporter/poll/health_parts.h"

#include <algorithm>
#include <string_view>

#include "adapters/ipfs/collector.h"

namespace ipfs_peer_exporter {
namespace {

Block Rendered(std::string_view name, double value) {
  const auto family =
      std::ranges::find(ipfs::Health().families, name, &Family::name);
  Families families;
  families.Add(*family, value);
  return RenderBlock(families);
}

}  // namespace

HealthParts::HealthParts(CollectorState& health)
    : health_(health), first_(health.parts.size()) {
  health.parts.resize(first_ + 2);
}

void HealthParts::Update(bool up, std::uint64_t restarts,
                         Clock::time_point now) {
  if (up != up_) {
    up_ = up;
    health_.parts[first_] = {Rendered("ipfs_up", up), now, true};
  }
  auto& counter = health_.parts[first_ + 1];
  if (restarts != restarts_) {
    restarts_ = restarts;
    counter.block =
        Rendered("ipfs_daemon_restarts_total", static_cast<double>(restarts));
  }
  counter.at = now;
}

}  // namespace ipfs_peer_exporter
