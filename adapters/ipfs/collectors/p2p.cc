#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/counted_list.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_p2p_listeners", kGauge,
     "Listeners and forwards of ipfs p2p (p2p/ls: Listeners)."},
    {"ipfs_p2p_streams", kGauge,
     "Open streams of ipfs p2p (p2p/stream/ls: Streams)."},
};

std::vector<Request> Requests(const Settings&) {
  const auto* const off = "libp2p stream mounting not enabled";
  return {CountList("p2p/ls", "Listeners", kFamilies[0], {off}),
          CountList("p2p/stream/ls", "Streams", kFamilies[1], {off})};
}

}  // namespace

constinit const Collector p2p_collector{
    .name = "p2p",
    .tells = "listeners and streams of `ipfs p2p`",
    .on_by_default = false,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies,
    .added_later = true};

}  // namespace ipfs_peer_exporter::ipfs
