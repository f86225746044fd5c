#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "exporter/base/units.h"
#include "exporter/serve/client_address.h"

namespace ipfs_peer_exporter {

// Limits of an HttpServer. A connection is shut down at its deadline.
struct HttpLimits {
  std::size_t connections = 512;
  std::size_t connections_per_address = 64;
  // From the start of a connection to the end of its first request's header.
  std::chrono::milliseconds first_request{10'000};
  // From one request to the next, including the transfer of the response.
  // Longer than most scrape intervals, so that Prometheus keeps its connection.
  std::chrono::milliseconds next_request{150'000};
  // For an idle connection, from the renewal of TLS.
  std::chrono::milliseconds idle_when_old{30'000};
};

// Keeps room for new clients. It tracks the open connections and shuts down
// every connection past its deadline and, when a limit is reached, the least
// useful one. libmicrohttpd's own limits do not suffice: at the total limit it
// stops accepting, at the limit per address it refuses the new connection, and
// a client that sends one byte a second never times out.
//
// Used on the server's thread only. The guard stops tracking a connection that
// it shuts down; the server owns and closes the sockets.
class ConnectionGuard {
 public:
  using ShutDown = std::function<void(int fd)>;

  // Tests replace `shut_down`.
  explicit ConnectionGuard(
      HttpLimits limits,
      ShutDown shut_down = [](int fd) { shutdown(fd, SHUT_RDWR); })
      : limits_(limits), shut_down_(std::move(shut_down)) {}

  // Adds a new connection. If it exceeds a limit, an older connection is shut
  // down: the oldest without a request, otherwise the one whose last request is
  // oldest.
  void Opened(int fd, const sockaddr& peer, Clock::time_point now);

  // Records that a request's header has arrived. The guard does not see later
  // bytes, so a slow second request has until the end of `next_request`.
  void Asked(int fd, Clock::time_point now);

  void Closed(int fd);

  // Shuts down every connection past its deadline. Returns the next deadline,
  // or nullopt if no connection is open.
  std::optional<Clock::time_point> CloseOverdue(Clock::time_point now);

 private:
  struct Connection {
    int fd;
    ClientAddress peer;
    bool asked;
    Clock::time_point since;  // start of the connection or its last request
  };

  Clock::time_point Deadline(const Connection& connection) const;

  const HttpLimits limits_;
  const ShutDown shut_down_;
  std::vector<Connection> connections_;  // small, so searched linearly
};

}  // namespace ipfs_peer_exporter
