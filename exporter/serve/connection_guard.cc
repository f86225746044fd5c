#include "exporter/serve/connection_guard.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace ipfs_peer_exporter {

Clock::time_point ConnectionGuard::Deadline(
    const Connection& connection) const {
  return connection.since +
         (connection.asked ? limits_.next_request : limits_.first_request);
}

void ConnectionGuard::Opened(int fd, const sockaddr& peer,
                             Clock::time_point now) {
  const ClientAddress address = ClientOf(AddressOf(peer));
  const auto neighbours =
      std::ranges::count(connections_, address, &Connection::peer);
  const bool crowded =
      std::cmp_greater_equal(neighbours, limits_.connections_per_address);
  if (crowded || connections_.size() >= limits_.connections) {
    // Runs before the new connection is added, which would be the victim.
    const auto victim = std::ranges::min_element(
        connections_, {}, [crowded, &address](const Connection& connection) {
          const bool spared = crowded && connection.peer != address;
          return std::tuple(spared, connection.asked, connection.since);
        });
    shut_down_(victim->fd);
    connections_.erase(victim);
  }
  connections_.push_back({fd, address, false, now});
}

void ConnectionGuard::Asked(int fd, Clock::time_point now) {
  for (Connection& connection : connections_) {
    if (connection.fd != fd) continue;
    connection.asked = true;
    connection.since = now;
  }
}

void ConnectionGuard::Closed(int fd) {
  std::erase_if(connections_, [fd](const Connection& connection) {
    return connection.fd == fd;
  });
}

std::optional<Clock::time_point> ConnectionGuard::CloseOverdue(
    Clock::time_point now) {
  std::erase_if(connections_, [this, now](const Connection& connection) {
    if (Deadline(connection) > now) return false;
    shut_down_(connection.fd);
    return true;
  });
  std::optional<Clock::time_point> next;
  for (const Connection& connection : connections_) {
    const auto deadline = Deadline(connection);
    next = std::min(next.value_or(deadline), deadline);
  }
  return next;
}

}  // namespace ipfs_peer_exporter
