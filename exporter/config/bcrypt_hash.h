#pragma once

#include <string_view>

namespace ipfs_peer_exporter {

// Whether `text` is a bcrypt hash: "$2y$10$" and 53 more characters, or the
// same with 2a or 2b.
bool IsBcryptHash(std::string_view text);

// Whether the cost of a bcrypt hash is from 4, the lowest that exists, to 14,
// which takes about a second to check.
bool IsBcryptCostAllowed(std::string_view hash);

}  // namespace ipfs_peer_exporter
