#pragma once

#include "exporter/config/options.h"
#include "exporter/net/event_loop.h"

namespace ipfs_peer_exporter {

// --once: polls each collector once, prints the page to stdout and explains on
// stderr what it lacks and why. Returns the exit code: 0, or 1 if a poll
// failed.
int RunOnce(Options options);

}  // namespace ipfs_peer_exporter
