#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr Family kFamilies[] = {
    {"ipfs_bitswap_wantlist_blocks", kGauge,
     "Blocks that the node wants and does not have (bitswap/stat: Wantlist)."},
    {"ipfs_bitswap_partners", kGauge,
     "Peers in exchange: those with open wants here; before Kubo 0.19 all "
     "bitswap partners (bitswap/stat: Peers)."},
    {"ipfs_bitswap_received_blocks_total", kCounter,
     "Blocks received (bitswap/stat: BlocksReceived)."},
    {"ipfs_bitswap_received_bytes_total", kCounter,
     "Bytes of blocks received (bitswap/stat: DataReceived)."},
    {"ipfs_bitswap_sent_blocks_total", kCounter,
     "Blocks sent (bitswap/stat: BlocksSent)."},
    {"ipfs_bitswap_sent_bytes_total", kCounter,
     "Bytes of blocks sent (bitswap/stat: DataSent)."},
    {"ipfs_bitswap_received_duplicate_blocks_total", kCounter,
     "Blocks received that the node already had (bitswap/stat: "
     "DupBlksReceived)."},
    {"ipfs_bitswap_received_duplicate_bytes_total", kCounter,
     "Bytes of blocks received that the node already had (bitswap/stat: "
     "DupDataReceived)."},
    {"ipfs_bitswap_received_messages_total", kCounter,
     "Bitswap messages received (bitswap/stat: MessagesReceived)."},
};

// In the order of kFamilies. A gauge is the length of a list.
constexpr std::string_view kFields[] = {
    "Wantlist",        "Peers",           "BlocksReceived",
    "DataReceived",    "BlocksSent",      "DataSent",
    "DupBlksReceived", "DupDataReceived", "MessagesReceived",
};
static_assert(std::size(kFields) == std::size(kFamilies));

Status Bitswap(const rapidjson::Value& reply, Sink& sink) {
  if (!Count(reply, "BlocksReceived")) {
    return Error{Reason::kSchema, "no BlocksReceived"};
  }
  for (std::size_t i = 0; i < std::size(kFields); ++i) {
    const auto& field = Member(reply, kFields[i]);
    if (kFamilies[i].type == kCounter) {
      if (const auto count = Count(reply, kFields[i])) {
        sink.families.Add(kFamilies[i], *count);
      }
    } else if (field.IsArray()) {
      sink.families.Add(kFamilies[i], field.Size());
    } else if (field.IsNull() && reply.HasMember(kFields[i].data())) {
      sink.families.Add(kFamilies[i], 0);  // Go's empty list
    }
  }
  return Ok();
}

constexpr Request kRequests[] = {
    {.target = "bitswap/stat", .document = Bitswap}};

}  // namespace

constinit const Collector bitswap_collector{
    "bitswap", true, std::chrono::seconds(10), kRequests, kFamilies};

}  // namespace ipfs_peer_exporter::ipfs
