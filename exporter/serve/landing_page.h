#pragma once

#include <string>
#include <string_view>

#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// The Content-Security-Policy of the page: its own style, known by its hash,
// and nothing else. A test says the hash of another style.
inline constexpr std::string_view kLandingPagePolicy =
    "default-src 'none'; "
    "style-src 'sha256-zKZv8pvg/zxXGJDd1pi1mu+aa73NPtrkrClyyFcqOsM='; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The HTML page at /: where the metrics are and how every collector is doing.
// `now` is in seconds since 1970. Loads nothing from elsewhere.
std::string LandingPage(const Snapshot& snapshot,
                        const std::string& telemetry_path, double now);

}  // namespace ipfs_peer_exporter
