#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_reachability", kGauge,
     "Reachability last determined by AutoNAT, 1 for the current state and 0 "
     "for the others (swarm/addrs/autonat, since Kubo 0.40: reachability)."},
    {"ipfs_reachability_addresses", kGauge,
     "Addresses of the node by the reachability that AutoNAT determined "
     "(swarm/addrs/autonat: reachable, unreachable, unknown)."},
    {"ipfs_reachability_nat", kGauge,
     "Carrier-grade or double NAT in front of the node, always 1, absent when "
     "the daemon reports neither (swarm/addrs/autonat, since Kubo 0.43: nat)."},
};

// The label value and the daemon's value.
constexpr struct {
  const char* label;
  std::string_view word;
} kStates[] = {
    {"public", "Public"}, {"private", "Private"}, {"unknown", "Unknown"}};

constexpr const char* kAddresses[] = {"reachable", "unreachable", "unknown"};
constexpr const char* kNats[] = {"cgnat", "double-nat"};

Status Reachability(const rapidjson::Value& reply, Sink& sink) {
  const auto state = Text(Member(reply, "reachability"));
  // Kubo before 0.40 returns the reply of swarm/addrs.
  if (state.empty() && Member(reply, "Addrs").IsObject()) {
    sink.unsupported = true;
    return Ok();
  }
  if (state.empty()) return Error{Reason::kSchema, "no reachability"};
  for (const auto& row : kStates) {
    sink.families.Add(kFamilies[0], state == row.word, {{"state", row.label}});
  }
  for (const auto* name : kAddresses) {
    // The daemon omits an empty list.
    const auto& list = Member(reply, name);
    sink.families.Add(kFamilies[1], list.IsArray() ? list.Size() : 0,
                      {{"state", name}});
  }
  for (const auto* nat : kNats) {
    if (Text(Member(reply, "nat")) == nat) {
      sink.families.Add(kFamilies[2], 1, {{"type", nat}});
    }
  }
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "swarm/addrs/autonat", .document = Reachability}};
}

}  // namespace

constinit const Collector reachability_collector{
    .name = "reachability",
    .tells = "reachability determined by AutoNAT (Kubo 0.40)",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
