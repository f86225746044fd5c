#pragma once

#include <cstddef>
#include <string>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// The text of a regular file, without the white space at its end. Anything that
// is not a regular file, such as a FIFO, could block and is refused, and so is
// a file of more than `max_bytes`. The error names the path and never repeats
// the content.
Result<std::string> ReadSmallFile(const std::string& path,
                                  std::size_t max_bytes);

}  // namespace ipfs_peer_exporter
