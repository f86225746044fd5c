#pragma once

#include "exporter/config/options.h"

namespace ipfs_peer_exporter {

// Runs --check-config after flags and files have been read: checks what else
// could make the start fail. Errors and warnings go to stderr, one line each.
// Returns the exit code: 0, or 2 after an error.
int CheckConfig(const Options& options);

}  // namespace ipfs_peer_exporter
