#pragma once

#include <cstddef>
#include <string>

namespace ipfs_peer_exporter {

inline constexpr std::size_t kMaxTlsFile = 16 << 20;  // bytes

// Paths of PEM files for https, read again for each call. Without `ca`, the
// system's authorities are trusted; without `cert`, there is no client
// certificate.
struct TlsFiles {
  std::string ca;    // certificates of the authorities to trust
  std::string cert;  // the client's certificate
  std::string key;   // its private key

  bool operator==(const TlsFiles&) const = default;
};

}  // namespace ipfs_peer_exporter
