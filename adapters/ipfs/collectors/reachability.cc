#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_reachability", kGauge,
     "1 for the state that AutoNAT last found the node in, 0 for the others "
     "(swarm/addrs/autonat, since Kubo 0.40: reachability)."},
    {"ipfs_reachability_addresses", kGauge,
     "Addresses of the node by what AutoNAT found of each "
     "(swarm/addrs/autonat: reachable, unreachable, unknown)."},
    {"ipfs_reachability_nat", kGauge,
     "1 for the kind of NAT in the way of the node, absent when there is none "
     "(swarm/addrs/autonat, since Kubo 0.43: nat)."},
};

// The label, and the daemon's word.
constexpr struct {
  const char* label;
  std::string_view word;
} kStates[] = {
    {"public", "Public"}, {"private", "Private"}, {"unknown", "Unknown"}};

constexpr const char* kAddresses[] = {"reachable", "unreachable", "unknown"};
constexpr const char* kNats[] = {"cgnat", "double-nat"};

Status Reachability(const rapidjson::Value& reply, Sink& sink) {
  const auto state = Text(Member(reply, "reachability"));
  // Before Kubo 0.40 it is swarm/addrs that answers.
  if (state.empty() && Member(reply, "Addrs").IsObject()) {
    sink.unsupported = true;
    return Ok();
  }
  if (state.empty()) return Error{Reason::kSchema, "no reachability"};
  for (const auto& row : kStates) {
    sink.families.Add(kFamilies[0], state == row.word, {{"state", row.label}});
  }
  for (const auto* name : kAddresses) {
    // Left out when empty.
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
    .tells = "what AutoNAT found (Kubo 0.40)",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
