#include "exporter/serve/listen_socket.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "tests/exporter/ipv6.h"

namespace ipfs_peer_exporter {
namespace {

// "[::]:41231" -> "41231"
std::string PortOf(const std::string& address) {
  return address.substr(address.rfind(':') + 1);
}

bool CanConnect(const char* host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* address = nullptr;
  REQUIRE(getaddrinfo(host, port.c_str(), &hints, &address) == 0);
  const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected =
      connect(fd, address->ai_addr, address->ai_addrlen) == 0;
  close(fd);
  freeaddrinfo(address);
  return connected;
}

// "[::1]" only where there is one.
std::vector<std::string> Loopbacks() {
  std::vector<std::string> hosts{"127.0.0.1"};
  if (HasIpv6()) hosts.push_back("[::1]");
  return hosts;
}

std::string ErrorOf(const std::string& address) {
  const Result<int> fd = Listen(address);
  REQUIRE(!fd);
  return fd.error().message;
}

}  // namespace

TEST_CASE("listens on one address, on a free port") {
  for (const std::string& host : Loopbacks()) {
    CAPTURE(host);
    const Result<int> fd = Listen(host + ":0");
    REQUIRE(fd);
    const std::string address = LocalAddress(*fd);
    CHECK(PortOf(address) != "0");
    CHECK(address == host + ":" + PortOf(address));
    close(*fd);
  }
}

TEST_CASE("localhost is 127.0.0.1") {
  const Result<int> fd = Listen("localhost:0");
  REQUIRE(fd);
  CHECK(LocalAddress(*fd).starts_with("127.0.0.1:"));
  close(*fd);
}

TEST_CASE("a listening socket is non-blocking and not inherited") {
  const Result<int> fd = Listen("127.0.0.1:0");
  REQUIRE(fd);
  CHECK((fcntl(*fd, F_GETFL) & O_NONBLOCK) != 0);
  CHECK((fcntl(*fd, F_GETFD) & FD_CLOEXEC) != 0);
  close(*fd);
}

TEST_CASE("without a host it listens on all addresses of both families") {
  const Result<int> fd = Listen(":0");
  REQUIRE(fd);
  const std::string port = PortOf(LocalAddress(*fd));
  CHECK(CanConnect("127.0.0.1", port));
  if (HasIpv6()) CHECK(CanConnect("::1", port));
  close(*fd);
}

// Asks the socket, because another process may have the port for IPv4.
TEST_CASE("[::] leaves the port to 0.0.0.0" * doctest::skip(!HasIpv6())) {
  const Result<int> fd = Listen("[::]:0");
  REQUIRE(fd);
  int only_ipv6 = 0;
  socklen_t size = sizeof only_ipv6;
  REQUIRE(getsockopt(*fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, &size) == 0);
  CHECK(only_ipv6 == 1);
  close(*fd);
}

TEST_CASE("an address that cannot be bound is named in the error") {
  const Result<int> first = Listen("127.0.0.1:0");
  REQUIRE(first);
  const std::string taken = LocalAddress(*first);
  CHECK(ErrorOf(taken) ==
        "cannot listen on " + taken + ": " + strerror(EADDRINUSE));
  close(*first);

  CHECK(ErrorOf("192.0.2.1:0") ==
        std::string("cannot listen on 192.0.2.1:0: ") +
            strerror(EADDRNOTAVAIL));
  CHECK(ErrorOf("[1::2::3]:0").starts_with("cannot listen on [1::2::3]:0: "));
}

TEST_CASE("one address family is not enough for all addresses") {
  for (const std::string& host : Loopbacks()) {
    CAPTURE(host);
    const Result<int> first = Listen(host + ":0");
    REQUIRE(first);
    const std::string all = ":" + PortOf(LocalAddress(*first));
    CHECK(ErrorOf(all) ==
          "cannot listen on " + all + ": " + strerror(EADDRINUSE));
    close(*first);
  }
}

TEST_CASE("an address is HOST:PORT, [IPV6]:PORT or :PORT") {
  for (const std::string address :
       {"", ":", "10055", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http",
        "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1: 1", "127.0.0.1:1x",
        "::1:10055", "[::1]", "[::1]10055", "[]:10055", "[::1:10055",
        "::1]:10055"}) {
    CAPTURE(address);
    CHECK(ErrorOf(address) == "cannot listen on " + address +
                                  ": expected HOST:PORT, [IPV6]:PORT or :PORT");
  }
}

TEST_CASE("addresses that only this machine reaches") {
  const std::pair<const char*, bool> rows[] = {{"127.0.0.1:0", true},
                                               {"127.9.9.9:0", true},
                                               {"localhost:0", true},
                                               {"0.0.0.0:0", false},
                                               {":0", false}};
  for (const auto& [address, loopback] : rows) {
    CAPTURE(address);
    const auto fd = Listen(address);
    REQUIRE(fd);
    CHECK(IsLoopback(*fd) == loopback);
    close(*fd);
  }
}

}  // namespace ipfs_peer_exporter
