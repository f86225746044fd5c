#pragma once

#include <map>
#include <memory>
#include <utility>

#include "adapters/result.h"
#include "exporter/serve/connection_guard.h"
#include "exporter/serve/exchange.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/step_queue.h"

struct MHD_Daemon;

namespace ipfs_peer_exporter {

// State shared by the daemons of one server. Used on the server's thread.
struct MhdShared {
  MhdShared(HttpHandler its_handler, HttpLimits its_limits)
      : handler(std::move(its_handler)),
        limits(its_limits),
        guard(its_limits) {}

  const HttpHandler handler;
  const HttpLimits limits;
  ConnectionGuard guard;
  Exchange* begun = nullptr;  // the latest request line read; not owned
  const std::shared_ptr<StepQueue> steps = std::make_shared<StepQueue>();
  StepQueue::Id next_id = 0;
  std::map<StepQueue::Id, Exchange*> deferred;  // suspended; not owned
};

// Starts a daemon that calls `shared.handler` for each request, inside MHD_run.
// The daemon accepts from `listen_fd`, a listening, non-blocking socket, and
// owns it; with MHD_INVALID_SOCKET it serves only connections passed to
// MHD_add_connection. Returns null and sets errno on failure. The caller stops
// the daemon before `shared` is destroyed.
MHD_Daemon* StartDaemon(MhdShared& shared, int listen_fd);

// Runs the steps of deferred requests that `shared.steps` holds.
void RunSteps(MhdShared& shared);

// Resumes all deferred requests, without a response. Required before their
// daemons stop; MHD_run must not be called any more.
void DropDeferred(MhdShared& shared);

// The error "cannot serve HTTP: " followed by the text of errno.
Error CannotServe();

}  // namespace ipfs_peer_exporter
