#pragma once

#include <cstring>
#include <string>

namespace ipfs_peer_exporter {

// Text of the errno value `error`; "unknown error" for 0.
inline std::string ErrnoText(int error) {
  return error == 0 ? "unknown error" : std::strerror(error);
}

}  // namespace ipfs_peer_exporter
