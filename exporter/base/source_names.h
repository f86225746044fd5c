#pragma once

#include <string_view>

namespace ipfs_peer_exporter {

// The two sources of metrics, as in collect[], in the names of collectors
// (ipfs.swarm, peer.stats) and in the paths of pages (/metrics/ipfs).
inline constexpr std::string_view kIpfsSource = "ipfs";
inline constexpr std::string_view kPeerSource = "peer";

}  // namespace ipfs_peer_exporter
