#pragma once

#include <optional>
#include <string_view>

#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// Parses a duration as Go's time.ParseDuration does: "1m30s", "1.5s", "20us",
// "0". Returns nullopt for other texts, and if it is negative or more than a
// day.
std::optional<Duration> ParseGoDuration(std::string_view text);

}  // namespace ipfs_peer_exporter
