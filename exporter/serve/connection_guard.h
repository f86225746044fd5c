#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

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

// Keeps room for whoever comes next: knows the open connections and shuts down
// those that are over their time or in the way. libmicrohttpd's own limits do
// not help here: at the total it stops accepting, over the limit of an address
// it refuses the newcomer, and one byte a second satisfies its timeout.
//
// For the server's thread only. A connection that was shut down is forgotten at
// once; the sockets stay the server's to close.
class ConnectionGuard {
 public:
  explicit ConnectionGuard(HttpLimits limits) : limits_(limits) {}

  // A connection began. If it is one too many, another one has to go: the
  // oldest that never asked anything, or else the one that asked longest ago.
  void Opened(int fd, const sockaddr& peer);

  // The header of a request has arrived. Later bytes are not seen here, so a
  // slow second request has until the end of `next_request`.
  void Asked(int fd);

  void Closed(int fd);

  // Shuts down what is over its time. Returns the milliseconds until this has
  // to be called again, -1 for "not before something happens".
  int CloseOverdue();

 private:
  using Clock = std::chrono::steady_clock;
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
  std::vector<Connection> connections_;  // few: a scan costs less than an index
};

}  // namespace ipfs_peer_exporter
