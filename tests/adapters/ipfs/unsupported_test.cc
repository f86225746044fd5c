#include "adapters/ipfs/unsupported.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("unsupported: messages that say a thing is not there") {
  struct Row {
    std::string target;
    std::string message;
    bool unsupported;
  };
  const Row rows[] = {
      {"bitswap/stat",
       "this command must be run in online mode. Try running 'ipfs daemon' "
       "first",
       true},
      {"bitswap/stat",
       "unable to run offline: this command must be run in online mode. Try "
       "running 'ipfs daemon' first",
       true},
      {"swarm/peers?latency=true",
       "this action must be run in online mode, try running 'ipfs daemon' "
       "first",
       true},
      {"stats/bw", "bandwidth reporter disabled in config", true},
      {"stats/bw?proto=/ipfs/id/1.0.0", "bandwidth reporter disabled in config",
       true},
      {"repo/stat", "bandwidth reporter disabled in config", false},
      {"stats/bw", "context deadline exceeded", false},
      {"stats/bw", "online mode", false},
      {"stats/bw", "", false},
      {"", "bandwidth reporter disabled in config", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.target);
    CAPTURE(row.message);
    CHECK(IsUnsupported(row.target, row.message) == row.unsupported);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
