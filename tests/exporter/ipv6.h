#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ipfs_peer_exporter {

// Whether this machine has ::1, determined without the code under test.
inline bool HasIpv6() {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool has = bind(fd, reinterpret_cast<const sockaddr*>(&address),
                        sizeof(address)) == 0;
  close(fd);
  return has;
}

}  // namespace ipfs_peer_exporter
