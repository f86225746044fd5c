#pragma once

#include <optional>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Checks what mhd_daemon.cc and mhd_headers.cc assume about the buffers of the
// loaded libmicrohttpd: sends a request with a query through a socketpair.
// Returns an error unless the handler receives the request and the client a
// response.
std::optional<Error> CheckMhd();

}  // namespace ipfs_peer_exporter
