#include "adapters/ipfs/unsupported.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

struct Row {
  std::string_view target;  // how the calls begin that it holds for
  std::string_view text;    // a part of the message
};

// From answers recorded of go-ipfs 0.8 to Kubo 0.44 and from Kubo's sources.
constexpr Row kTable[] = {
    {"", "this command must be run in online mode"},  // ipfs daemon --offline
    {"", "this action must be run in online mode"},   // the same, swarm/*
    {"stats/bw", "bandwidth reporter disabled in config"},
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
