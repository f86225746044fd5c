#pragma once

#include <optional>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Tests, with the libmicrohttpd that was loaded, what mhd_daemon.cc and
// mhd_headers.cc assume about its buffers: sends a request with a query through
// a socketpair. Returns an error if it does not arrive.
std::optional<Error> CheckMhd();

}  // namespace ipfs_peer_exporter
