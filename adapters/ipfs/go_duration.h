#pragma once

#include <optional>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// Seconds of a Go time.Duration as its String() writes it ("1m2.5s",
// "506.365µs"); nothing for other texts ("n/a", "") and negative ones.
std::optional<double> GoDurationSeconds(std::string_view text);

}  // namespace ipfs_peer_exporter::ipfs
