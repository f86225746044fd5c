#pragma once

#include <sys/epoll.h>
#include <unistd.h>

#include <map>
#include <memory>
#include <utility>

#include "exporter/serve/connection_guard.h"
#include "exporter/serve/exchange.h"
#include "exporter/serve/http_message.h"
#include "exporter/serve/parked_connections.h"
#include "exporter/serve/step_queue.h"

namespace ipfs_peer_exporter {

// State shared by the generations of one server. Used on the server's thread.
struct MhdShared {
  MhdShared(HttpHandler its_handler, HttpLimits its_limits,
            BeforeResponse its_before_response = nullptr)
      : handler(std::move(its_handler)),
        before_response(std::move(its_before_response)),
        limits(its_limits),
        guard(its_limits, [this](int fd) { ShutDown(fd); }) {}
  ~MhdShared() { close(work_fd); }

  MhdShared(const MhdShared&) = delete;
  MhdShared& operator=(const MhdShared&) = delete;

  // From now on work_fd is readable when `fd` is, until `fd` is closed. Returns
  // false, with errno, if the kernel refuses.
  bool WakeFor(int fd);

  // Ends a connection. If its request is deferred, it is resumed, because a
  // suspended connection is never closed.
  void ShutDown(int fd);

  // An epoll set that is readable when the server has work.
  const int work_fd = epoll_create1(EPOLL_CLOEXEC);
  const HttpHandler handler;
  const BeforeResponse before_response;  // may be null
  const HttpLimits limits;
  ConnectionGuard guard;
  ParkedConnections parked;
  Exchange* begun = nullptr;  // the latest request line read; not owned
  const std::shared_ptr<StepQueue> steps = std::make_shared<StepQueue>();
  StepQueue::Id next_id = 0;
  std::map<StepQueue::Id, Exchange*> deferred;  // suspended; not owned
};

}  // namespace ipfs_peer_exporter
