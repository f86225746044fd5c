#include "exporter/serve/listen_socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "exporter/net/address_parts.h"

namespace ipfs_peer_exporter {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

struct Endpoint {
  std::string host;
  std::string port;
};

std::optional<Endpoint> Split(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  Endpoint endpoint{address.substr(0, colon), address.substr(colon + 1)};
  // getaddrinfo would truncate 70000 to 16 bits.
  if (!ParsePort(endpoint.port)) return std::nullopt;

  std::string& host = endpoint.host;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of("[]:") != std::string::npos) {
    return std::nullopt;
  }
  return endpoint;
}

// Returns 0, or a code for gai_strerror.
int Resolve(const std::string& host, const std::string& port,
            AddressList* list) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* head = nullptr;
  const int code = getaddrinfo(host.c_str(), port.c_str(), &hints, &head);
  list->reset(head);
  return code;
}

// Returns the listening socket, or -1 and errno.
int Open(const addrinfo& address, bool both_families) {
  const int fd =
      socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int reuse = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
  if (address.ai_family == AF_INET6) {
    const int only_ipv6 = both_families ? 0 : 1;
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof(only_ipv6));
  }
  if (bind(fd, address.ai_addr, address.ai_addrlen) == 0 &&
      listen(fd, SOMAXCONN) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// Whether the machine lacks the address or its family; the next address may
// work.
bool IsMissing(int error) {
  return error == EAFNOSUPPORT || error == EADDRNOTAVAIL;
}

Error CannotListen(const std::string& address, const char* why) {
  return {Reason::kConnect, "cannot listen on " + address + ": " + why};
}

}  // namespace

Result<int> Listen(const std::string& address, int* os_error) {
  const auto endpoint = Split(address);
  if (!endpoint) {
    return CannotListen(address, "expected HOST:PORT, [IPV6]:PORT or :PORT");
  }
  const bool all = endpoint->host.empty();
  std::vector<std::string> hosts{endpoint->host};
  if (all) {
    // "::" covers both families; "0.0.0.0" is for a kernel without IPv6.
    hosts = {"::", "0.0.0.0"};
  } else if (endpoint->host == "localhost") {
    // RFC 6761. Not resolved, so that it works without /etc/hosts.
    hosts = {"127.0.0.1", "::1"};
  }
  int error = 0;
  for (const std::string& host : hosts) {
    AddressList list(nullptr, &freeaddrinfo);
    const int code = Resolve(host, endpoint->port, &list);
    if (code != 0) return CannotListen(address, gai_strerror(code));
    for (const addrinfo* it = list.get(); it != nullptr; it = it->ai_next) {
      const int fd = Open(*it, all);
      if (fd >= 0) return fd;
      error = errno;
      if (os_error != nullptr) *os_error = error;
      if (!IsMissing(error)) return CannotListen(address, strerror(error));
    }
  }
  return CannotListen(address, strerror(error));
}

std::string LocalAddress(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  auto* const address = reinterpret_cast<sockaddr*>(&storage);
  char host[NI_MAXHOST] = "";
  char port[NI_MAXSERV] = "";
  if (getsockname(fd, address, &size) != 0 ||
      getnameinfo(address, size, host, sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "unknown";
  }
  const bool ipv6 = storage.ss_family == AF_INET6;
  return (ipv6 ? "[" + std::string(host) + "]" : host) + ":" + port;
}

bool IsLoopback(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return false;
  }
  if (storage.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(storage);
    return ntohl(ipv4.sin_addr.s_addr) >> 24 == 127;
  }
  if (storage.ss_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(storage);
    const auto& address = ipv6.sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&address) ||
           (IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == 127);
  }
  return storage.ss_family == AF_UNIX;
}

}  // namespace ipfs_peer_exporter
