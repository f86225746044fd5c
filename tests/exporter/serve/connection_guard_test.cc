#include "exporter/serve/connection_guard.h"

#include <doctest/doctest.h>
#include <netinet/in.h>

#include <vector>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Clock::time_point kStart{hours(1)};

// A guard with numbered connections, its clock and a list of those shut down.
class Fixture {
 public:
  explicit Fixture(HttpLimits limits = {})
      : guard_(limits, [this](int fd) { shut_down_.push_back(fd); }) {}

  // A connection from 10.0.0.`host`.
  void Open(int fd, std::uint8_t host = 1) {
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_addr.s_addr = htonl(0x0a000000u + host);
    guard_.Opened(fd, reinterpret_cast<const sockaddr&>(peer), now_);
  }
  // From the same host, on a socket of both families.
  void OpenMapped(int fd, std::uint8_t host) {
    sockaddr_in6 peer{};
    peer.sin6_family = AF_INET6;
    peer.sin6_addr = {
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, host}}};
    guard_.Opened(fd, reinterpret_cast<const sockaddr&>(peer), now_);
  }
  // From fd00:0:0:`network`::`host`.
  void OpenIpv6(int fd, std::uint8_t network, std::uint8_t host) {
    sockaddr_in6 peer{};
    peer.sin6_family = AF_INET6;
    peer.sin6_addr = {
        {{0xfd, 0, 0, 0, 0, 0, 0, network, 0, 0, 0, 0, 0, 0, 0, host}}};
    guard_.Opened(fd, reinterpret_cast<const sockaddr&>(peer), now_);
  }
  void Ask(int fd) { guard_.Asked(fd, now_); }
  void Close(int fd) { guard_.Closed(fd); }
  void Pass(Duration time) { now_ += time; }

  // Calls the guard and returns the time until the next call.
  std::optional<Duration> CloseOverdue() {
    const auto next = guard_.CloseOverdue(now_);
    if (!next) return std::nullopt;
    return *next - now_;
  }

  std::vector<int> ShutDown() { return std::exchange(shut_down_, {}); }

 private:
  std::vector<int> shut_down_;
  ConnectionGuard guard_;
  Clock::time_point now_ = kStart;
};

using Fds = std::vector<int>;

TEST_CASE(
    "connection_guard: without connections there is nothing to wait for") {
  Fixture fixture;
  CHECK(fixture.CloseOverdue() == std::nullopt);
  fixture.Open(1);
  CHECK(fixture.CloseOverdue() == seconds(10));
  fixture.Close(1);
  CHECK(fixture.CloseOverdue() == std::nullopt);
}

TEST_CASE("connection_guard: the first request has a deadline of its own") {
  Fixture fixture;
  fixture.Open(1);
  fixture.Pass(seconds(9));
  fixture.Open(2);
  fixture.Ask(2);
  CHECK(fixture.CloseOverdue() == seconds(1));
  CHECK(fixture.ShutDown() == Fds{});
  fixture.Pass(seconds(1));
  CHECK(fixture.CloseOverdue() == seconds(149));
  CHECK(fixture.ShutDown() == Fds{1});
}

TEST_CASE("connection_guard: each request begins the time to the next one") {
  Fixture fixture({.next_request = seconds(30)});
  fixture.Open(1);
  for (int i = 0; i < 5; ++i) {
    fixture.Ask(1);
    fixture.Pass(seconds(29));
    CHECK(fixture.CloseOverdue() == seconds(1));
  }
  fixture.Pass(seconds(1));
  CHECK(fixture.CloseOverdue() == std::nullopt);
  CHECK(fixture.ShutDown() == Fds{1});
}

TEST_CASE("connection_guard: a connection is shut down only once") {
  Fixture fixture;
  fixture.Open(1);
  fixture.Pass(seconds(10));
  fixture.CloseOverdue();
  CHECK(fixture.ShutDown() == Fds{1});
  fixture.CloseOverdue();
  fixture.Ask(1);  // the server may still see its request
  fixture.Close(1);
  CHECK(fixture.CloseOverdue() == std::nullopt);
  CHECK(fixture.ShutDown() == Fds{});
}

TEST_CASE("connection_guard: a /64 network of IPv6 counts as one address") {
  Fixture fixture({.connections_per_address = 2});
  fixture.OpenIpv6(1, 1, 1);
  fixture.OpenIpv6(2, 1, 2);
  fixture.OpenIpv6(3, 2, 1);
  CHECK(fixture.ShutDown() == Fds{});
  fixture.OpenIpv6(4, 1, 3);
  CHECK(fixture.ShutDown() == Fds{1});
}

TEST_CASE("connection_guard: at the limit the oldest without a request goes") {
  Fixture fixture({.connections = 3});
  for (const int fd : {1, 2, 3}) {
    fixture.Open(fd);
    fixture.Pass(milliseconds(1));
  }
  fixture.Ask(1);
  fixture.Open(4);
  CHECK(fixture.ShutDown() == Fds{2});
  fixture.Open(5);
  CHECK(fixture.ShutDown() == Fds{3});
}

TEST_CASE("connection_guard: if all have asked, the oldest request goes") {
  Fixture fixture({.connections = 3});
  for (const int fd : {1, 2, 3}) fixture.Open(fd);
  for (const int fd : {2, 1, 3, 2}) {
    fixture.Pass(milliseconds(1));
    fixture.Ask(fd);
  }
  fixture.Open(4);
  CHECK(fixture.ShutDown() == Fds{1});
}

TEST_CASE("connection_guard: an address at its limit loses one of its own") {
  Fixture fixture({.connections = 100, .connections_per_address = 2});
  fixture.Open(1, 7);
  fixture.Pass(milliseconds(1));
  fixture.Open(2, 8);
  fixture.OpenMapped(3, 8);
  CHECK(fixture.ShutDown() == Fds{});
  fixture.Ask(2);
  fixture.Ask(3);
  fixture.Pass(milliseconds(1));
  fixture.Ask(2);
  fixture.Open(4, 8);
  CHECK(fixture.ShutDown() == Fds{3});
}

}  // namespace
}  // namespace ipfs_peer_exporter
