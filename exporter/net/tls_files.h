#pragma once

#include <string>

namespace ipfs_peer_exporter {

// Paths of PEM files for https. Without `ca`, libcurl's default is used;
// without `cert`, no client certificate.
struct TlsFiles {
  std::string ca;    // certificates of the authorities to trust
  std::string cert;  // the client's certificate
  std::string key;   // its private key

  bool operator==(const TlsFiles&) const = default;
};

}  // namespace ipfs_peer_exporter
