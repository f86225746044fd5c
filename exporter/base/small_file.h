#pragma once

#include <cstddef>
#include <string>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Reads a regular file and returns its text without trailing white space. Other
// files, such as a FIFO, are refused because reading them could block; so are
// files of more than `max_bytes`. The error (kParse) names the path and never
// repeats the content.
Result<std::string> ReadSmallFile(const std::string& path,
                                  std::size_t max_bytes);

}  // namespace ipfs_peer_exporter
