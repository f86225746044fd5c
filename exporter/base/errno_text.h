#pragma once

#include <cstring>
#include <string>

namespace ipfs_peer_exporter {

// The meaning of `error`, an errno of something that failed; 0 is unknown.
inline std::string ErrnoText(int error) {
  return error == 0 ? "unknown error" : std::strerror(error);
}

}  // namespace ipfs_peer_exporter
