#pragma once

#include <optional>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// Seconds of a Go time.Duration in the format of its String() ("1m2.5s",
// "506.365µs"); nullopt for other text ("n/a", "") and negative durations.
std::optional<double> GoDurationSeconds(std::string_view text);

}  // namespace ipfs_peer_exporter::ipfs
