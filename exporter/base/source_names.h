#pragma once

#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

// Names of the two sources of metrics, used in collect[], in names of
// collectors (ipfs.swarm, peer.stats) and in paths of pages (/metrics/ipfs).
inline constexpr std::string_view kIpfsSource = "ipfs";
inline constexpr std::string_view kPeerSource = "peer";

// The full name of a collector: ipfs.swarm.
inline std::string CollectorName(std::string_view source,
                                 std::string_view name) {
  return std::string(source) + "." + std::string(name);
}

}  // namespace ipfs_peer_exporter
