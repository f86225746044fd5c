#pragma once

#include <string_view>

namespace ipfs_peer_exporter {

// Names of the two sources of metrics, used in collect[], in names of
// collectors (ipfs.swarm, peer.stats) and in paths of pages (/metrics/ipfs).
inline constexpr std::string_view kIpfsSource = "ipfs";
inline constexpr std::string_view kPeerSource = "peer";

}  // namespace ipfs_peer_exporter
