#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_mfs_size_bytes", kGauge,
     "Size of the mutable file system (files/stat?arg=/: CumulativeSize)."},
    {"ipfs_mfs_root_links", kGauge,
     "Links of the root of the mutable file system: its entries, or the shards "
     "of a sharded directory (files/stat?arg=/: Blocks)."},
};

Status Mfs(const rapidjson::Value& reply, Sink& sink) {
  const auto size = Count(reply, "CumulativeSize");
  if (!size) return Error{Reason::kSchema, "no CumulativeSize"};
  sink.families.Add(kFamilies[0], *size);
  if (const auto links = Count(reply, "Blocks")) {
    sink.families.Add(kFamilies[1], *links);
  }
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "files/stat?arg=/", .document = Mfs}};
}

}  // namespace

// Kubo before 0.43 may hang in this call when a block is missing.
constinit const Collector mfs_collector{
    .name = "mfs",
    .tells = "size of the mutable file system",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies,
    .on_from = "0.43"};

}  // namespace ipfs_peer_exporter::ipfs
