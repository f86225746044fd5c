#pragma once

#include <string>

#include "exporter/options.h"

namespace ipfs_peer_exporter {

// What the daemon's configuration takes as API.Authorizations so that the
// collectors that are on can ask all that they ask, and nothing else: JSON,
// with a placeholder for the secret
// (https://github.com/ipfs/kubo/blob/master/docs/config.md#apiauthorizations).
std::string PrintAuthorizations(const IpfsOptions& options);

}  // namespace ipfs_peer_exporter
