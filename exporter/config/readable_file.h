#pragma once

#include <string>

#include "adapters/result.h"

// Paths from flags, checked at start so that a mistake is told then.
namespace ipfs_peer_exporter {

// `path` if the file can be read.
Result<std::string> ReadableFile(const std::string& path);

// `path` if the file holds credentials (ReadAuthFile).
Result<std::string> CheckedAuthFile(const std::string& path);

}  // namespace ipfs_peer_exporter
