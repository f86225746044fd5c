#include "exporter/serve/http_server.h"

#include <microhttpd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "exporter/serve/mhd_check.h"

namespace ipfs_peer_exporter {
namespace {

// Bytes of a response that the kernel buffers. By default it buffers megabytes;
// copying that much for 64 clients delays all other responses.
constexpr int kSendBuffer = 128 << 10;

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::vector<int>& listen_fds, HttpHandler handler,
    HttpLimits limits) {
  if (auto error = CheckMhd()) return *std::move(error);
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(handler), limits));
  if (server->stop_fd_ < 0 || server->shared_.steps->fd() < 0)
    return CannotServe();
  for (const int fd : listen_fds) {
    // Accepted connections inherit the size.
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
    MHD_Daemon* const daemon = StartDaemon(server->shared_, fd);
    if (daemon == nullptr) return CannotServe();
    server->daemons_.push_back(daemon);
  }
  server->thread_ = std::thread(&HttpServer::Serve, server.get());
  return server;
}

HttpServer::HttpServer(HttpHandler handler, HttpLimits limits)
    : shared_(std::move(handler), limits), stop_fd_(eventfd(0, EFD_CLOEXEC)) {}

HttpServer::~HttpServer() {
  if (thread_.joinable()) {
    eventfd_write(stop_fd_, 1);
    thread_.join();
  }
  shared_.steps->Close();
  DropDeferred(shared_);
  for (MHD_Daemon* daemon : daemons_) MHD_stop_daemon(daemon);
  close(stop_fd_);
}

void HttpServer::Serve() {
  std::vector<pollfd> waiting{{stop_fd_, POLLIN, 0},
                              {shared_.steps->fd(), POLLIN, 0}};
  for (MHD_Daemon* daemon : daemons_) {
    const int fd =
        MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    waiting.push_back({fd, POLLIN, 0});
  }
  while (waiting.front().revents == 0) {
    RunSteps(shared_);
    for (MHD_Daemon* daemon : daemons_) MHD_run(daemon);
    poll(waiting.data(), waiting.size(), Timeout());
  }
}

// The timeout for poll(2) in milliseconds; -1 for no timeout. Shuts down
// connections past their deadline.
int HttpServer::Timeout() {
  const auto now = Clock::now();
  int timeout = -1;
  if (const auto next = shared_.guard.CloseOverdue(now)) {
    timeout = static_cast<int>(
        std::chrono::ceil<std::chrono::milliseconds>(*next - now).count());
  }
  for (MHD_Daemon* daemon : daemons_) {
    // The daemon has no connection timeout, so it returns either zero or no
    // timeout.
    MHD_UNSIGNED_LONG_LONG unused = 0;
    if (MHD_get_timeout(daemon, &unused) == MHD_YES) timeout = 0;
  }
  return timeout;
}

}  // namespace ipfs_peer_exporter
