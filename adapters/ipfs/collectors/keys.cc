#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/counted_list.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_keys", kGauge,
     "Keys of the node including self, polled every 5 minutes because the "
     "daemon reads the key directory (key/list: Keys)."},
};

// Kubo 0.40 added the name key/ls; the old name works on every daemon.
std::vector<Request> Requests(const Settings&) {
  return {CountList("key/list", "Keys", kFamilies[0])};
}

}  // namespace

constinit const Collector keys_collector{.name = "keys",
                                         .tells = "number of keys",
                                         .on_by_default = false,
                                         .interval = std::chrono::minutes(5),
                                         .requests = Requests,
                                         .families = kFamilies,
                                         .added_later = true};

}  // namespace ipfs_peer_exporter::ipfs
