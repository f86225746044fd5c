#pragma once

#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// Whether an error message of the daemon, from a JSON error or the trailer of a
// 200, means that the feature behind `target` (an RPC call without /api/v0/) is
// disabled or missing.
bool IsUnsupported(std::string_view target, std::string_view message);

}  // namespace ipfs_peer_exporter::ipfs
