#pragma once

#include "exporter/config/options.h"

namespace ipfs_peer_exporter {

// --check-config: flags and files were read, and what is left of what a start
// finds is tried. Mistakes and warnings go to stderr, one line each. Returns
// the exit code: 0, or 2 with a mistake.
int CheckConfig(const Options& options);

}  // namespace ipfs_peer_exporter
