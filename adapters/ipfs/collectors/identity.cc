#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_daemon_info", kGauge,
     "Version and build of the daemon as labels, always 1 (version: Version, "
     "Commit, Repo, System, Golang; id: AgentVersion)."},
    {"ipfs_node_info", kGauge,
     "Peer ID of the node as a label, always 1 (id: ID)."},
    {"ipfs_node_addresses", kGauge,
     "Addresses announced by the node (id: Addresses)."},
    {"ipfs_node_protocols", kGauge,
     "Protocols supported by the node (id: Protocols)."},
};
constexpr const Family& kDaemonInfo = kFamilies[0];
constexpr const Family& kNodeInfo = kFamilies[1];
constexpr const Family& kAddresses = kFamilies[2];
constexpr const Family& kProtocols = kFamilies[3];

// Far more protocols than any node supports; each may become a series of
// ipfs_swarm_streams.
constexpr std::size_t kMaxProtocols = 256;

std::string Label(const rapidjson::Value& object, std::string_view name) {
  return LabelText(Member(object, name));
}

Status Id(const rapidjson::Value& reply, Sink& sink) {
  const auto id = Label(reply, "ID");
  if (id.empty()) return Error{Reason::kSchema, "no ID"};
  sink.daemon.agent = Label(reply, "AgentVersion");
  sink.families.Add(kNodeInfo, 1, {{"peer_id", id}});
  // Both lists are null with --offline.
  const auto& addresses = Member(reply, "Addresses");
  if (addresses.IsArray()) sink.families.Add(kAddresses, addresses.Size());
  const auto& protocols = Member(reply, "Protocols");
  if (protocols.IsArray()) {
    sink.families.Add(kProtocols, protocols.Size());
    sink.daemon.protocols.clear();
    for (const auto& protocol : protocols.GetArray()) {
      if (sink.daemon.protocols.size() == kMaxProtocols) break;
      sink.daemon.protocols.insert(LabelText(protocol));
    }
    sink.daemon.protocols.erase("");
  }
  return Ok();
}

// js-ipfs has no System and no Golang.
Status Version(const rapidjson::Value& reply, Sink& sink) {
  if (Label(reply, "Version").empty()) {
    return Error{Reason::kSchema, "no Version"};
  }
  sink.families.Add(kDaemonInfo, 1,
                    {{"version", Label(reply, "Version")},
                     {"commit", Label(reply, "Commit")},
                     {"repo_version", Label(reply, "Repo")},
                     {"system", Label(reply, "System")},
                     {"go_version", Label(reply, "Golang")},
                     {"agent", sink.daemon.agent}});
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "id", .document = Id},
          {.target = "version", .document = Version}};
}

}  // namespace

constinit const Collector identity_collector{
    .name = "identity",
    .tells = "version, build, peer ID, addresses",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
