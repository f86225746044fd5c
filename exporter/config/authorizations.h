#pragma once

#include <string>

#include "adapters/result.h"
#include "exporter/config/options.h"
#include "exporter/net/auth_file.h"

namespace ipfs_peer_exporter {

// Printed in place of the secret.
inline constexpr char kPlaceholderSecret[] = "bearer:REPLACE-WITH-A-SECRET";

// The secret as the daemon's configuration writes it: bearer:TOKEN or
// basic:USER:PASSWORD.
std::string AuthSecret(const Credentials& credentials);

// Returns one entry of the daemon's API.Authorizations, as JSON for
// `ipfs config --json API.Authorizations.NAME`. The entry allows a client with
// `secret` the calls of the enabled collectors and no others
// (https://github.com/ipfs/kubo/blob/master/docs/config.md#apiauthorizations).
// Returns an error if the secret is not UTF-8.
Result<std::string> PrintAuthorizations(const IpfsOptions& options,
                                        const std::string& secret);

}  // namespace ipfs_peer_exporter
