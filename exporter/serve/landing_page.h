#pragma once

#include <string>
#include <string_view>

#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// The Content-Security-Policy of the landing page. It allows only the page's
// own style, by hash. If the style changes, a test prints the new hash.
inline constexpr std::string_view kLandingPagePolicy =
    "default-src 'none'; "
    "style-src 'sha256-zKZv8pvg/zxXGJDd1pi1mu+aa73NPtrkrClyyFcqOsM='; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// The HTML page at /: links to the metrics, and the state of each collector.
// The page loads no other resource. `now` is in seconds since 1970.
std::string LandingPage(const Snapshot& snapshot, double now);

}  // namespace ipfs_peer_exporter
