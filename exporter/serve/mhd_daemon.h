#pragma once

#include "adapters/result.h"
#include "exporter/serve/generation.h"

namespace ipfs_peer_exporter {

// Adds a daemon to the generation. It calls the handler for each request,
// inside MHD_run, and keeps the list of the generation's connections. The
// daemon accepts from `listen_fd`, a listening, non-blocking socket, and owns
// it, also after an error; with MHD_INVALID_SOCKET it serves only connections
// passed to MHD_add_connection.
Status StartDaemon(Generation& generation, int listen_fd);

// Runs the steps of deferred requests that `shared.steps` holds.
void RunSteps(MhdShared& shared);

// The error "cannot serve HTTP: " followed by the text of errno.
Error CannotServe();

}  // namespace ipfs_peer_exporter
