#pragma once

#include <string>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Credentials for an HTTP server; at most one member is set.
struct Credentials {
  std::string bearer;         // a token
  std::string user_password;  // USER:PASSWORD
};

// Reads a file that holds bearer:TOKEN or basic:USER:PASSWORD on one line, as
// Kubo's API.Authorizations writes them. The error never repeats them.
Result<Credentials> ReadAuthFile(const std::string& path);

}  // namespace ipfs_peer_exporter
