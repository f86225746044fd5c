#include "adapters/ipfs/unsupported.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

struct Row {
  std::string_view target;  // prefix of the calls
  std::string_view text;    // part of the message
};

// From recorded replies of go-ipfs 0.8 to Kubo 0.44 and from Kubo's sources.
constexpr Row kTable[] = {
    {"", "this command must be run in online mode"},  // ipfs daemon --offline
    {"", "this action must be run in online mode"},   // the same, swarm/*
    {"stats/bw", "bandwidth reporter disabled in config"},
    {"swarm/", "missing ResourceMgr"},
    {"swarm/limit", "invalid scope \"all\""},  // Kubo 0.13 to 0.17
    {"stats/dht", "routing service is not a DHT"},
    {"stats/dht", "no LAN client found"},  // Routing.AcceleratedDHTClient
    {"stats/dht", "could not generate stats for the"},
    {"stats/provide", "can only return stats if"},
    {"stats/provide", "stats not available with"},
    {"provide/stat", "stats not available with"},
    {"provide/stat", "LAN stats only available for"},
    {"pubsub/", "experimental pubsub feature not enabled"},
    {"version/check", "missing or incompatible DHT configuration"},
    {"p2p/", "libp2p stream mounting not enabled"},
};

}  // namespace

bool IsUnsupported(std::string_view target, std::string_view message) {
  for (const auto& row : kTable) {
    if (target.starts_with(row.target) &&
        message.find(row.text) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

}  // namespace ipfs_peer_exporter::ipfs
