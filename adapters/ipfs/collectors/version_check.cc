#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_version_update_available", kGauge,
     "Whether at least 5 % of the sampled peers run a newer Kubo, polled every "
     "hour, absent while no peer was sampled (version/check, since Kubo 0.30: "
     "UpdateAvailable)."},
    {"ipfs_version_peers_sampled", kGauge,
     "Peers in the routing table that run a released Kubo, absent while there "
     "are none (version/check: PeersSampled, minus one for the node itself)."},
    {"ipfs_version_newer_peers", kGauge,
     "Sampled peers that run a newer Kubo (version/check: "
     "WithGreaterVersion)."},
};

// PeersSampled includes the node itself: 1 means that no peer was sampled.
Status VersionCheck(const rapidjson::Value& reply, Sink& sink) {
  const auto sampled = Count(reply, "PeersSampled");
  // Kubo before 0.30 returns the reply of `version`.
  if (!sampled && !Text(Member(reply, "Version")).empty()) {
    sink.unsupported = true;
    return Ok();
  }
  if (!sampled) return Error{Reason::kSchema, "no PeersSampled"};
  if (*sampled <= 1) return Ok();
  const auto& available = Member(reply, "UpdateAvailable");
  if (available.IsBool()) sink.families.Add(kFamilies[0], available.GetBool());
  sink.families.Add(kFamilies[1], *sampled - 1);
  if (const auto newer = Count(reply, "WithGreaterVersion")) {
    sink.families.Add(kFamilies[2], *newer);
  }
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "version/check",
           .document = VersionCheck,
           .unsupported = {"missing or incompatible DHT configuration"}}};
}

}  // namespace

// The daemon samples its routing table, which is almost empty after a start.
constinit const Collector version_check_collector{
    .name = "version_check",
    .tells = "whether peers run a newer Kubo (Kubo 0.30)",
    .on_by_default = true,
    .interval = std::chrono::hours(1),
    .requests = Requests,
    .families = kFamilies,
    .first_after = std::chrono::minutes(5),
    .added_later = true};

}  // namespace ipfs_peer_exporter::ipfs
