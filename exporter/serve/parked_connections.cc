#include "exporter/serve/parked_connections.h"

#include <microhttpd.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>

namespace ipfs_peer_exporter {

ParkedConnections::ParkedConnections()
    : epoll_fd_(epoll_create1(EPOLL_CLOEXEC)) {}

ParkedConnections::~ParkedConnections() { close(epoll_fd_); }

void ParkedConnections::Park(Connection& connection) {
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP,
                    .data = {.ptr = &connection}};
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, connection.fd, &event) != 0) return;
  connection.is_parked = true;
  MHD_suspend_connection(connection.mhd);
}

void ParkedConnections::Resume(Connection& connection) {
  epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, connection.fd, nullptr);
  connection.is_parked = false;
  MHD_resume_connection(connection.mhd);
}

void ParkedConnections::ResumeReadable() {
  std::array<epoll_event, 64> events;
  const int count = epoll_wait(epoll_fd_, events.data(), events.size(), 0);
  for (int i = 0; i < count; ++i) {
    Resume(*static_cast<Connection*>(
        events[static_cast<std::size_t>(i)].data.ptr));
  }
}

}  // namespace ipfs_peer_exporter
