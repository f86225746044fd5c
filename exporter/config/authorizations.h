#pragma once

#include <string>

#include "adapters/result.h"
#include "exporter/config/options.h"
#include "exporter/net/auth_file.h"

namespace ipfs_peer_exporter {

// Stands for the secret where none is given.
inline constexpr char kPlaceholderSecret[] = "bearer:REPLACE-WITH-A-SECRET";

// The secret as the daemon's configuration writes it: bearer:TOKEN or
// basic:USER:PASSWORD.
std::string AuthSecret(const Credentials& credentials);

// What the daemon's configuration takes as one entry of API.Authorizations, so
// that who knows `secret` can ask all that the collectors ask that are on, and
// nothing else: JSON for `ipfs config --json API.Authorizations.NAME`
// (https://github.com/ipfs/kubo/blob/master/docs/config.md#apiauthorizations).
// An error if JSON cannot hold the secret.
Result<std::string> PrintAuthorizations(const IpfsOptions& options,
                                        const std::string& secret);

}  // namespace ipfs_peer_exporter
