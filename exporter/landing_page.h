#pragma once

#include <string>

#include "exporter/store.h"

namespace ipfs_peer_exporter {

// The HTML page at /: where the metrics are and how every collector is doing.
// `now` is in seconds since 1970. Loads nothing from elsewhere.
std::string LandingPage(const Snapshot& snapshot,
                        const std::string& telemetry_path, double now);

}  // namespace ipfs_peer_exporter
