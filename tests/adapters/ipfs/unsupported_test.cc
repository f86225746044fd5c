#include "adapters/ipfs/unsupported.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("unsupported: messages about missing or disabled features") {
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
      {"swarm/resources",
       "missing ResourceMgr: make sure the daemon is running with "
       "Swarm.ResourceMgr.Enabled",
       true},
      {"swarm/limit?arg=system", "missing ResourceMgr", true},
      {"stats/bw", "missing ResourceMgr", false},
      {"swarm/limit?arg=all", "invalid scope \"all\"", true},
      {"swarm/limit?arg=system", "invalid scope \"system\"", false},
      {"stats/dht?arg=wan", "routing service is not a DHT", true},
      {"stats/dht?arg=lan", "no LAN client found", true},
      {"stats/dht?arg=wan", "could not generate stats for the WAN DHT", true},
      {"stats/dht?arg=wan", "unknown dht type: wan", false},
      {"provide/stat", "routing service is not a DHT", false},
      {"stats/provide",
       "can only return stats if Experimental.AcceleratedDHTClient is enabled",
       true},
      {"stats/provide",
       "stats not available with experimental sweeping provider "
       "(Provide.DHT.SweepEnabled=true)",
       true},
      {"provide/stat",
       "stats not available with current routing system *node.NoopProvider",
       true},
      {"provide/stat?lan=true",
       "LAN stats only available for Sweep provider with Dual DHT", true},
      {"provide/stat", "context canceled", false},
      {"pubsub/ls",
       "experimental pubsub feature not enabled. Run daemon with "
       "--enable-pubsub-experiment to use.",
       true},
      {"pubsub/peers?arg=uYQ",
       "experimental pubsub feature not enabled, run daemon with "
       "--enable-pubsub-experiment to use",
       true},
      {"pubsub/ls", "pubsub is broken", false},
      {"version/check",
       "could not perform version check due to missing or incompatible DHT "
       "configuration",
       true},
      {"version/check",
       "Version.SwarmCheckPercentThreshold must be between 1 and 100", false},
      {"p2p/ls", "libp2p stream mounting not enabled", true},
      {"p2p/stream/ls", "libp2p stream mounting not enabled", true},
      {"key/list", "libp2p stream mounting not enabled", false},
      {"pin/ls?type=recursive&stream=true", "context canceled", false},
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
