#pragma once

#include <string_view>

// Version of this build. CMake writes the values into version.cc, the only file
// compiled again after a commit.
namespace ipfs_peer_exporter {

extern constinit const std::string_view kVersion;   // "0.1.0"
extern constinit const std::string_view kRevision;  // 12 digits of the commit
extern constinit const std::string_view kCompiler;  // "GNU 12.2.0"

}  // namespace ipfs_peer_exporter
