#pragma once

#include <cstring>
#include <string>

namespace ipfs_peer_exporter {

// What `error`, an errno, means; 0, with which something failed nevertheless,
// is no "Success".
inline std::string ErrnoText(int error) {
  return error == 0 ? "unknown error" : std::strerror(error);
}

}  // namespace ipfs_peer_exporter
