#include "exporter/serve/mhd_shared.h"

#include <microhttpd.h>
#include <sys/socket.h>

namespace ipfs_peer_exporter {

bool MhdShared::WakeFor(int fd) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  return epoll_ctl(work_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void MhdShared::ShutDown(int fd) {
  shutdown(fd, SHUT_RDWR);
  std::erase_if(deferred, [fd](const auto& entry) {
    Exchange& exchange = *entry.second;
    if (exchange.connection.fd != fd) return false;
    // Cannot be sent any more, but ends the exchange.
    exchange.response = TextResponse(503, "The connection was ended.\n");
    MHD_resume_connection(exchange.connection.mhd);
    return true;
  });
}

}  // namespace ipfs_peer_exporter
