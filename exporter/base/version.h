#pragma once

#include <string_view>

// Which build this is. CMake writes the values into version.cc, the only file
// that is compiled again after a commit.
namespace ipfs_peer_exporter {

extern constinit const std::string_view kVersion;   // "0.1.0"
extern constinit const std::string_view kRevision;  // git's first 12 digits
extern constinit const std::string_view kCompiler;  // "GNU 12.2.0"

}  // namespace ipfs_peer_exporter
