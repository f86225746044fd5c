#pragma once

#include "exporter/serve/exchange.h"

namespace ipfs_peer_exporter {

// Connections that are suspended until their client sends something.
// libmicrohttpd 0.9.75 with epoll takes a connection for readable during the
// whole TLS handshake: a client that stops in the middle would keep the
// processor busy until the deadline. Used on the server's thread.
class ParkedConnections {
 public:
  ParkedConnections();
  ~ParkedConnections();
  ParkedConnections(const ParkedConnections&) = delete;
  ParkedConnections& operator=(const ParkedConnections&) = delete;

  // Suspends the connection, whose address must not change until it is resumed.
  void Park(Connection& connection);

  // Resumes a parked connection.
  void Resume(Connection& connection);

  // Resumes each connection that has input or was shut down.
  void ResumeReadable();

  int fd() const { return epoll_fd_; }  // readable if ResumeReadable has work

 private:
  const int epoll_fd_;
};

}  // namespace ipfs_peer_exporter
