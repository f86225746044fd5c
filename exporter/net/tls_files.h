#pragma once

#include <string>

namespace ipfs_peer_exporter {

// Files in PEM for https; what is empty is libcurl's default, or nothing.
struct TlsFiles {
  std::string ca;    // whom to trust
  std::string cert;  // who we are
  std::string key;   // of `cert`
};

}  // namespace ipfs_peer_exporter
