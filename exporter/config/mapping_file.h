#pragma once

#include <string>

#include "adapters/peer/mapping.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Reads the YAML file of --peer.mapping, whose keys docs/stats-socket.md
// explains. The error names file, line and column.
Result<peer::Mapping> ReadMappingFile(const std::string& path);

}  // namespace ipfs_peer_exporter
