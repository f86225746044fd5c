#pragma once

#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// Whether an error text of the daemon, in a JSON error or in the trailer of a
// 200, says that what `target` (an RPC call without /api/v0/) asks for is
// switched off or missing in this daemon.
bool IsUnsupported(std::string_view target, std::string_view message);

}  // namespace ipfs_peer_exporter::ipfs
