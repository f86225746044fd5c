#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_repo_size_bytes", kGauge,
     "Size of the datastore (repo/stat?size-only=true: RepoSize)."},
    {"ipfs_repo_storage_max_bytes", kGauge,
     "Soft limit of the datastore, absent when unlimited "
     "(repo/stat?size-only=true: StorageMax)."},
};

// The values for "unlimited": 2^64-1 in Kubo and 2^53-1 in js-ipfs.
constexpr double kNoLimit = 18446744073709551615.0;
constexpr double kNoLimitJs = 9007199254740991.0;

// With size-only, NumObjects, RepoPath and Version are placeholders.
Status Repo(const rapidjson::Value& reply, Sink& sink) {
  const auto size = Count(reply, "RepoSize");
  if (!size) return Error{Reason::kSchema, "no RepoSize"};
  sink.families.Add(kFamilies[0], *size);
  const auto max = Count(reply, "StorageMax");
  if (max && *max < kNoLimit && *max != kNoLimitJs) {
    sink.families.Add(kFamilies[1], *max);
  }
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "repo/stat?size-only=true", .document = Repo}};
}

}  // namespace

constinit const Collector repo_collector{
    .name = "repo",
    .tells = "size and limit of the datastore",
    .on_by_default = true,
    .interval = std::chrono::seconds(30),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
