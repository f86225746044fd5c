#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_peering_peers", kGauge,
     "Peers of the peering service by connection state (swarm/peering/ls: "
     "Peers; swarm/peers as last read by ipfs.swarm)."},
};

Status Peering(const rapidjson::Value& reply, Sink& sink) {
  const auto& peers = Member(reply, "Peers");
  if (!HasList(reply, "Peers")) return Error{Reason::kSchema, "no Peers"};
  const auto* connected = sink.daemon.ConnectedNow();
  if (connected == nullptr) {
    return Error{Reason::kTimeout, "the peer list of ipfs.swarm is too old"};
  }
  double up = 0;
  double down = 0;
  if (peers.IsArray()) {
    for (const auto& peer : peers.GetArray()) {
      ++(connected->Contains(Text(Member(peer, "ID"))) ? up : down);
    }
  }
  sink.families.Add(kFamilies[0], up, {{"state", "connected"}});
  sink.families.Add(kFamilies[0], down, {{"state", "disconnected"}});
  return Ok();
}

bool HasInput(const DaemonState& daemon) {
  return daemon.ConnectedNow() != nullptr;
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "swarm/peering/ls", .document = Peering}};
}

}  // namespace

constinit const Collector peering_collector{
    .name = "peering",
    .tells = "peers of the peering service, connected or not",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies,
    .after = &swarm_collector,
    .has_input = HasInput};

}  // namespace ipfs_peer_exporter::ipfs
