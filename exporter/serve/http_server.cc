#include "exporter/serve/http_server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

#include "exporter/serve/mhd_check.h"
#include "exporter/serve/mhd_daemon.h"

namespace ipfs_peer_exporter {
namespace {

// Bytes of a response that the kernel buffers. By default it buffers megabytes;
// copying that much for 64 clients delays all other responses.
constexpr int kSendBuffer = 128 << 10;

// Turns without a look at what other threads want, while clients keep the
// server busy.
constexpr int kBusyTurns = 8;

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::Start(
    const std::vector<int>& listen_fds, HttpHandler handler, HttpLimits limits,
    const TlsConfig* tls, BeforeRun before_run,
    BeforeResponse before_response) {
  // Takes the sockets first, so that they are closed after an error.
  std::unique_ptr<HttpServer> server(
      new HttpServer(listen_fds, std::move(handler), limits,
                     std::move(before_run), std::move(before_response)));
  auto& shared = server->shared_;
  if (shared.work_fd < 0) return CannotServe();
  for (const int fd :
       {server->stop_fd_, shared.steps->fd(), shared.parked.fd()}) {
    if (fd < 0 || !shared.WakeFor(fd)) return CannotServe();
  }
  if (auto error = CheckMhd()) return *std::move(error);
  for (const int fd : listen_fds) {
    // Accepted connections inherit the size.
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  }
  if (const auto status = server->generations_.Start(tls); !status) {
    return status.error();
  }
  server->thread_ = std::thread(&HttpServer::Serve, server.get());
  return server;
}

HttpServer::HttpServer(const std::vector<int>& listen_fds, HttpHandler handler,
                       HttpLimits limits, BeforeRun before_run,
                       BeforeResponse before_response)
    : shared_(std::move(handler), limits, std::move(before_response)),
      generations_(shared_, listen_fds),
      before_run_(std::move(before_run)),
      stop_fd_(eventfd(0, EFD_CLOEXEC)) {}

HttpServer::~HttpServer() {
  if (thread_.joinable()) {
    eventfd_write(stop_fd_, 1);
    thread_.join();
  }
  shared_.steps->Close();
  close(stop_fd_);
}

Status HttpServer::Renew(const TlsConfig& tls) {
  return generations_.Start(&tls);
}

void HttpServer::Serve() {
  while (!stops_) {
    if (before_run_ && busy_turns_ == 0) before_run_(*this);
    if (std::exchange(has_steps_, false)) RunSteps(shared_);
    generations_.Run();
    Wait();
  }
}

// Waits until there is work.
void HttpServer::Wait() {
  const int timeout = Timeout();
  // A long response takes a turn for each record of TLS.
  if (timeout == 0 && ++busy_turns_ < kBusyTurns) return;
  if (timeout == 0) generations_.ParkHandshakes();
  busy_turns_ = 0;
  std::array<epoll_event, 8> events;
  const int count = epoll_wait(shared_.work_fd, events.data(),
                               static_cast<int>(events.size()), timeout);
  for (int i = 0; i < count; ++i) {
    const int fd = events[static_cast<std::size_t>(i)].data.fd;
    if (fd == stop_fd_) stops_ = true;
    if (fd == shared_.steps->fd()) has_steps_ = true;
    if (fd == shared_.parked.fd()) shared_.parked.ResumeReadable();
  }
}

// The timeout of a wait in milliseconds; -1 for no timeout. Shuts down
// connections past their deadline, and idle ones of old generations.
int HttpServer::Timeout() {
  const auto now = Clock::now();
  auto next = shared_.guard.CloseOverdue(now);
  if (const auto old = generations_.EndOld(now)) {
    next = std::min(next.value_or(*old), *old);
  }
  if (generations_.IsBusy()) return 0;
  if (!next) return -1;
  return static_cast<int>(
      std::chrono::ceil<std::chrono::milliseconds>(*next - now).count());
}

}  // namespace ipfs_peer_exporter
