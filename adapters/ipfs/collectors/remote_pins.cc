#include <set>

#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_remote_pins", kGauge,
     "Pins at the remote pinning service by status, polled every 5 minutes, "
     "absent while the service does not answer "
     "(pin/remote/service/ls?stat=true: Stat.PinCount)."},
    {"ipfs_remote_service_up", kGauge,
     "Whether the remote pinning service answered the daemon "
     "(pin/remote/service/ls?stat=true: Stat.Status)."},
};

// The daemon's value for the state of a service and the value of the metric.
constexpr struct {
  std::string_view word;
  double up;
} kStates[] = {{"valid", 1}, {"invalid", 0}};

// The label value and the daemon's field.
constexpr struct {
  const char* label;
  std::string_view field;
} kStatuses[] = {{"queued", "Queued"},
                 {"pinning", "Pinning"},
                 {"pinned", "Pinned"},
                 {"failed", "Failed"}};

// Far more services than a node has.
constexpr std::size_t kMaxServices = 100;

void AddService(const std::string& name, const rapidjson::Value& stat,
                Sink& sink) {
  for (const auto& state : kStates) {
    if (Text(Member(stat, "Status")) != state.word) continue;
    sink.families.Add(kFamilies[1], state.up, {{"service", name}});
  }
  const auto& pins = Member(stat, "PinCount");
  for (const auto& status : kStatuses) {
    const auto count = Count(pins, status.field);
    if (!count) continue;
    sink.families.Add(kFamilies[0], *count,
                      {{"service", name}, {"status", status.label}});
  }
}

Status RemotePins(const rapidjson::Value& reply, Sink& sink) {
  if (!HasList(reply, "RemoteServices")) {
    return Error{Reason::kSchema, "no RemoteServices"};
  }
  const auto& services = Member(reply, "RemoteServices");
  if (services.IsNull()) return Ok();
  std::set<std::string> names;
  for (const auto& service : services.GetArray()) {
    const auto name = LabelText(Member(service, "Service"));
    if (name.empty() || !names.insert(name).second) continue;
    if (names.size() > kMaxServices) break;
    AddService(name, Member(service, "Stat"), sink);
  }
  return Ok();
}

std::vector<Request> Requests(const Settings&) {
  return {
      {.target = "pin/remote/service/ls?stat=true", .document = RemotePins}};
}

}  // namespace

// The long timeout is for the daemon, which queries its services one after the
// other over the network.
constinit const Collector remote_pins_collector{
    .name = "remote_pins",
    .tells =
        "remote pinning services and their pins; each poll makes the daemon "
        "query every service over the network",
    .on_by_default = false,
    .interval = std::chrono::minutes(5),
    .requests = Requests,
    .families = kFamilies,
    .timeout = std::chrono::minutes(1),
    .added_later = true};

}  // namespace ipfs_peer_exporter::ipfs
