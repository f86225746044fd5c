#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_bandwidth_received_bytes_total", kCounter,
     "Bytes received over libp2p streams since the daemon started, without "
     "transport overhead (stats/bw: TotalIn)."},
    {"ipfs_bandwidth_sent_bytes_total", kCounter,
     "Bytes sent over libp2p streams since the daemon started, without "
     "transport overhead (stats/bw: TotalOut)."},
};

Status Bandwidth(const rapidjson::Value& reply, Sink& sink) {
  const auto in = Count(reply, "TotalIn");
  const auto out = Count(reply, "TotalOut");
  if (!in || !out) return Error{Reason::kSchema, "no TotalIn and TotalOut"};
  sink.families.Add(kFamilies[0], *in);
  sink.families.Add(kFamilies[1], *out);
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "stats/bw",
           .document = Bandwidth,
           .unsupported = {"bandwidth reporter disabled in config"}}};
}

}  // namespace

constinit const Collector bandwidth_collector{
    .name = "bandwidth",
    .tells = "bytes in and out",
    .on_by_default = true,
    .interval = std::chrono::seconds(10),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
