#include "exporter/serve/client_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kV4Mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);

}  // namespace

ClientAddress AddressOf(const sockaddr& peer) {
  ClientAddress address{};
  if (peer.sa_family == AF_INET6) {
    const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(peer);
    std::memcpy(address.data(), &ipv6.sin6_addr, address.size());
  } else if (peer.sa_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(peer);
    address[10] = address[11] = 0xff;
    std::memcpy(&address[12], &ipv4.sin_addr, sizeof(ipv4.sin_addr));
  }
  return address;
}

ClientAddress ClientOf(ClientAddress address) {
  const bool is_ipv4 =
      std::equal(kV4Mapped.begin(), kV4Mapped.end(), address.begin(),
                 [](char prefix, unsigned char byte) {
                   return static_cast<unsigned char>(prefix) == byte;
                 });
  if (!is_ipv4) std::fill(address.begin() + 8, address.end(), 0);
  return address;
}

std::string AddressText(std::string_view bytes) {
  if (bytes.size() == 16 && bytes.starts_with(kV4Mapped)) {
    bytes.remove_prefix(kV4Mapped.size());
  }
  char text[INET6_ADDRSTRLEN] = "";
  if (bytes.size() == 4) inet_ntop(AF_INET, bytes.data(), text, sizeof text);
  if (bytes.size() == 16) inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

}  // namespace ipfs_peer_exporter
