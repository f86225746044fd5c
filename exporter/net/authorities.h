#pragma once

#include <string>

namespace ipfs_peer_exporter {

// The certificates of the authorities that this system trusts. Each may be
// empty.
struct Authorities {
  std::string file;    // a bundle, PEM
  std::string folder;  // of PEM files; for OpenSSL, named by hash

  bool operator==(const Authorities&) const = default;
};

// Finds them as Go's crypto/x509 does: SSL_CERT_FILE and SSL_CERT_DIR, else
// where distributions keep the bundle. `root` is put before the paths of
// distributions.
Authorities FindAuthorities(const std::string& root = "");

}  // namespace ipfs_peer_exporter
