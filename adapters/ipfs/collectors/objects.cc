#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_repo_objects", kGauge,
     "Blocks in the datastore, polled every 15 minutes because the daemon "
     "walks all of them (repo/stat: NumObjects)."},
};

Status Objects(const rapidjson::Value& reply, Sink& sink) {
  const auto objects = Count(reply, "NumObjects");
  if (!objects) return Error{Reason::kSchema, "no NumObjects"};
  sink.families.Add(kFamilies[0], *objects);
  return Ok();
}

// Without timeout=, because after a timeout the daemon returns the partial
// count as if it were the result.
std::vector<Request> Requests(const Settings&) {
  return {{.target = "repo/stat", .document = Objects}};
}

}  // namespace

constinit const Collector objects_collector{
    .name = "objects",
    .tells = "number of blocks; each poll makes the daemon walk all of them",
    .on_by_default = false,
    .interval = std::chrono::minutes(15),
    .requests = Requests,
    .families = kFamilies,
    .timeout = std::chrono::minutes(5)};

}  // namespace ipfs_peer_exporter::ipfs
