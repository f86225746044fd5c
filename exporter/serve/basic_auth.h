#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

struct BasicCredentials {
  std::string user;
  std::string password;
};

// Parses an Authorization header of the scheme Basic (RFC 7617). The user may
// be empty; any bytes but NUL are allowed. Only the 72 bytes of the password
// that bcrypt reads are kept. Returns nullopt for other headers.
std::optional<BasicCredentials> ParseBasicAuth(std::string_view authorization);

}  // namespace ipfs_peer_exporter
