// Numbers in texts of others.
#pragma once

#include <optional>
#include <string_view>

namespace ipfs_peer_exporter {

// All of `text`: decimal, inf or nan in any case, no plus before it. What a
// double cannot hold is 0 or infinite. Linear in the length.
std::optional<double> ReadNumber(std::string_view text);

}  // namespace ipfs_peer_exporter
