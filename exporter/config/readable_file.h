#pragma once

#include <string>

#include "adapters/result.h"

// Checks of paths from flags, made at start so that errors are reported early.
namespace ipfs_peer_exporter {

// Returns `path` if the file can be read, else an error.
Result<std::string> ReadableFile(const std::string& path);

// Returns `path` if the file holds credentials, else the error of ReadAuthFile.
Result<std::string> CheckedAuthFile(const std::string& path);

}  // namespace ipfs_peer_exporter
