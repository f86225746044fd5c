#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_pins", kGauge,
     "Pinned CIDs by type, polled every 5 minutes because the daemon lists all "
     "of them (pin/ls?stream=true: Cid)."},
};

class PinReader : public ElementReader {
 public:
  explicit PinReader(const char* type) : type_(type) {}

  Status Element(std::string& json) override {
    const auto pin = ParseJson(json);
    if (!pin) return pin.error();
    if (Text(Member(*pin, "Cid")).empty()) {
      return Error{Reason::kSchema, "a pin has no Cid"};
    }
    ++pins_;
    return Ok();
  }

  Status End(const rapidjson::Value&, Sink& sink) override {
    sink.families.Add(kFamilies[0], pins_, {{"type", type_}});
    return Ok();
  }

 private:
  const char* const type_;
  double pins_ = 0;
};

// Never type=all or type=indirect, which walk every pinned DAG.
std::vector<Request> Requests(const Settings&) {
  std::vector<Request> requests;
  for (const auto* type : {"recursive", "direct"}) {
    requests.push_back(
        {.target = "pin/ls?type=" + std::string(type) + "&stream=true",
         .elements = [type](const DaemonState&) {
           return std::make_unique<PinReader>(type);
         }});
  }
  return requests;
}

}  // namespace

constinit const Collector pins_collector{
    .name = "pins",
    .tells = "number of pins; each poll makes the daemon list all of them",
    .on_by_default = false,
    .interval = std::chrono::minutes(5),
    .requests = Requests,
    .families = kFamilies,
    .timeout = std::chrono::minutes(5)};

}  // namespace ipfs_peer_exporter::ipfs
