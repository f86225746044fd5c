#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_bitswap_wantlist_blocks", kGauge,
     "Blocks on the node's wantlist (bitswap/stat: Wantlist)."},
    {"ipfs_bitswap_partners", kGauge,
     "Peers that want blocks from this node, before Kubo 0.19 all bitswap "
     "partners (bitswap/stat: Peers)."},
    {"ipfs_bitswap_received_blocks_total", kCounter,
     "Blocks received (bitswap/stat: BlocksReceived)."},
    {"ipfs_bitswap_received_bytes_total", kCounter,
     "Bytes of received blocks (bitswap/stat: DataReceived)."},
    {"ipfs_bitswap_sent_blocks_total", kCounter,
     "Blocks sent (bitswap/stat: BlocksSent)."},
    {"ipfs_bitswap_sent_bytes_total", kCounter,
     "Bytes of sent blocks (bitswap/stat: DataSent)."},
    {"ipfs_bitswap_received_duplicate_blocks_total", kCounter,
     "Received blocks that the node already had (bitswap/stat: "
     "DupBlksReceived)."},
    {"ipfs_bitswap_received_duplicate_bytes_total", kCounter,
     "Bytes of received blocks that the node already had (bitswap/stat: "
     "DupDataReceived)."},
    {"ipfs_bitswap_received_messages_total", kCounter,
     "Bitswap messages received (bitswap/stat: MessagesReceived)."},
};

constexpr const Family& kWants = kFamilies[0];
constexpr const Family& kPartners = kFamilies[1];

// The fields of the counters in kFamilies, in the same order.
constexpr std::size_t kFirstCounter = 2;
constexpr std::string_view kFields[] = {
    "BlocksReceived",  "DataReceived",    "BlocksSent",       "DataSent",
    "DupBlksReceived", "DupDataReceived", "MessagesReceived",
};
static_assert(std::size(kFields) + kFirstCounter == std::size(kFamilies));

// The reply grows with the wantlist, so the elements of its two lists are only
// counted. A want is an object ({"/":CID}), a partner is a string.
class BitswapReader : public ElementReader {
 public:
  Status Element(std::string& json) override {
    if (json.front() != '{' && json.front() != '"') {
      return Error{Reason::kSchema, "neither a want nor a partner"};
    }
    ++(json.front() == '{' ? wants_ : partners_);
    return Ok();
  }

  Status End(const rapidjson::Value& envelope, Sink& sink) override {
    if (!Count(envelope, "BlocksReceived")) {
      return Error{Reason::kSchema, "no BlocksReceived"};
    }
    if (HasList(envelope, "Wantlist")) sink.families.Add(kWants, wants_);
    if (HasList(envelope, "Peers")) sink.families.Add(kPartners, partners_);
    for (std::size_t i = 0; i < std::size(kFields); ++i) {
      if (const auto count = Count(envelope, kFields[i])) {
        sink.families.Add(kFamilies[kFirstCounter + i], *count);
      }
    }
    return Ok();
  }

 private:
  double wants_ = 0;
  double partners_ = 0;
};

std::unique_ptr<ElementReader> Read(const DaemonState&) {
  return std::make_unique<BitswapReader>();
}

std::vector<Request> Requests(const Settings&) {
  return {{.target = "bitswap/stat", .elements = Read, .depth = 2}};
}

}  // namespace

constinit const Collector bitswap_collector{
    .name = "bitswap",
    .tells = "exchanged blocks and bytes, wantlist",
    .on_by_default = true,
    .interval = std::chrono::seconds(10),
    .requests = Requests,
    .families = kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
