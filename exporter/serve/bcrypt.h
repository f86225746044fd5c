#pragma once

#include <string>

namespace ipfs_peer_exporter {

// Whether `hash`, a bcrypt hash, is of `password`, which holds no NUL byte and
// at most 72 bytes. Takes as long as the hash's cost demands, whatever the
// result: 50 ms for cost 10. Thread-safe.
bool BcryptMatches(const std::string& password, const std::string& hash);

}  // namespace ipfs_peer_exporter
