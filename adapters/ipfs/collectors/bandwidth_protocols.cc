#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/url.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_bandwidth_protocol_received_bytes_total", kCounter,
     "Bytes received over streams of the protocol since the daemon started, "
     "absent before the first traffic (stats/bw?proto=: TotalIn)."},
    {"ipfs_bandwidth_protocol_sent_bytes_total", kCounter,
     "Bytes sent over streams of the protocol since the daemon started, absent "
     "before the first traffic (stats/bw?proto=: TotalOut)."},
};

// The daemon does not list its protocols and returns zeros for an unknown one.
Status Bandwidth(const std::string& protocol, const rapidjson::Value& reply,
                 Sink& sink) {
  const auto in = Count(reply, "TotalIn");
  const auto out = Count(reply, "TotalOut");
  if (!in || !out) return Error{Reason::kSchema, "no TotalIn and TotalOut"};
  if (*in == 0 && *out == 0) return Ok();
  const Labels label{{"protocol", protocol}};
  sink.families.Add(kFamilies[0], *in, label);
  sink.families.Add(kFamilies[1], *out, label);
  return Ok();
}

// Each queried name creates a meter in the daemon that is never removed, so the
// list is fixed.
std::vector<Request> Requests(const Settings& settings) {
  std::vector<Request> requests;
  for (const auto& protocol : settings.bandwidth_protocols) {
    requests.push_back(
        {.target = "stats/bw?proto=" + PercentEncode(protocol),
         .document =
             [protocol](const rapidjson::Value& reply, Sink& sink) {
               return Bandwidth(protocol, reply, sink);
             },
         .unsupported = {"bandwidth reporter disabled in config"}});
  }
  return requests;
}

}  // namespace

constinit const Collector bandwidth_protocols_collector{
    .name = "bandwidth_protocols",
    .tells = "bytes in and out by protocol",
    .on_by_default = true,
    .interval = std::chrono::seconds(60),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
