#pragma once

#include <utility>

#include "adapters/result.h"
#include "exporter/serve/connection_guard.h"
#include "exporter/serve/http_message.h"

struct MHD_Daemon;

namespace ipfs_peer_exporter {

struct Exchange;

// What the daemons of one server share. Used on the server's thread.
struct MhdShared {
  MhdShared(HttpHandler its_handler, HttpLimits its_limits)
      : handler(std::move(its_handler)),
        limits(its_limits),
        guard(its_limits) {}

  const HttpHandler handler;
  const HttpLimits limits;
  ConnectionGuard guard;
  Exchange* begun = nullptr;  // whose request line was just read
};

// Starts a daemon that answers with `shared.handler` while MHD_run is called.
// It accepts from `listen_fd`, a listening, non-blocking socket that it then
// owns; with MHD_INVALID_SOCKET it has only what MHD_add_connection gives it.
// Null and errno if it cannot start. The caller stops it before `shared` ends.
MHD_Daemon* StartDaemon(MhdShared& shared, int listen_fd);

// "cannot serve HTTP: " and the meaning of errno.
Error CannotServe();

}  // namespace ipfs_peer_exporter
