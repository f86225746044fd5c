#pragma once

#include <optional>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// Seconds since 1970 of a Go time.Time in the format of its MarshalJSON (RFC
// 3339: "2026-11-22T15:26:08.016557684Z", "2026-11-22T16:26:08+01:00"); nullopt
// for other text and for the zero time, year 1, which means "never".
std::optional<double> GoTimeSeconds(std::string_view text);

}  // namespace ipfs_peer_exporter::ipfs
