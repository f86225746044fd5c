#pragma once

#include "exporter/config/options.h"
#include "exporter/net/event_loop.h"

namespace ipfs_peer_exporter {

// Runs --once: polls each collector once, prints the page to stdout and the
// reasons for missing values to stderr. Returns the exit code: 0, or 1 if a
// poll failed.
int RunOnce(Options options);

}  // namespace ipfs_peer_exporter
