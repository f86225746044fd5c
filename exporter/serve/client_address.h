#pragma once

#include <sys/socket.h>

#include <array>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

// IPv6; IPv4 is mapped to it, so that a client has the same address on sockets
// of either family. Zeros for a client without an IP address.
using ClientAddress = std::array<unsigned char, 16>;
ClientAddress AddressOf(const sockaddr& peer);

// What limits count as one client: an IPv4 address, or the /64 network of an
// IPv6 address, in which one host can take any address.
ClientAddress ClientOf(ClientAddress address);

// The text of an IP address of 4 or 16 bytes in network order; IPv4 that is
// mapped to IPv6 is printed as IPv4. Empty for other sizes.
std::string AddressText(std::string_view bytes);

}  // namespace ipfs_peer_exporter
