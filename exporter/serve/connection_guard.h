#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

struct HttpLimits {
  std::size_t connections = 512;
  std::size_t connections_per_address = 64;
  // From the start of a connection to the end of its first request's header.
  std::chrono::milliseconds first_request{10'000};
  // From one request to the next, taking the answer included. Longer than most
  // scrape intervals, so that Prometheus keeps its connection.
  std::chrono::milliseconds next_request{150'000};
};

// Keeps room for new clients: knows the open connections and shuts down those
// that are overdue or, when a limit is reached, one that is least likely to be
// missed. libmicrohttpd's own limits do not help here: at the total it stops
// accepting, over the limit of an address it refuses the new connection, and
// one byte a second satisfies its timeout.
//
// For the server's thread only. It forgets a connection that it shuts down; the
// sockets stay the server's to close.
class ConnectionGuard {
 public:
  using ShutDown = std::function<void(int fd)>;

  // `shut_down` is for tests.
  explicit ConnectionGuard(
      HttpLimits limits,
      ShutDown shut_down = [](int fd) { shutdown(fd, SHUT_RDWR); })
      : limits_(limits), shut_down_(std::move(shut_down)) {}

  // A connection began. If it is one too many, another one is shut down: the
  // oldest without a request, or else the one whose last request is oldest.
  void Opened(int fd, const sockaddr& peer, Clock::time_point now);

  // The header of a request has arrived. Later bytes are not seen here, so a
  // slow second request has until the end of `next_request`.
  void Asked(int fd, Clock::time_point now);

  void Closed(int fd);

  // Shuts down the overdue connections. Returns when to call it again; nothing
  // while there is no connection.
  std::optional<Clock::time_point> CloseOverdue(Clock::time_point now);

 private:
  using Address = std::array<unsigned char, 16>;

  struct Connection {
    int fd;
    Address peer;
    bool asked;
    Clock::time_point since;  // its start, or its last request
  };

  static Address AddressOf(const sockaddr& peer);
  Clock::time_point Deadline(const Connection& connection) const;

  const HttpLimits limits_;
  const ShutDown shut_down_;
  std::vector<Connection> connections_;  // few: a scan costs less than an index
};

}  // namespace ipfs_peer_exporter
