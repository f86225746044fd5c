#pragma once

#include "exporter/serve/exchange.h"

namespace ipfs_peer_exporter {

// Whether requests are logged. If not, LogAccess does nothing.
bool IsAccessLogged();

// Logs a request that was answered; `is_whole` is false if the connection ended
// before the end of the response.
void LogAccess(const Exchange& exchange, bool is_whole);

}  // namespace ipfs_peer_exporter
