#include "adapters/ipfs/multiaddr.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace ipfs_peer_exporter::ipfs {
namespace {

// Protocols followed by a value.
constexpr std::string_view kWithValue[] = {
    "ip4", "ip6", "ip6zone",  "ipcidr", "dns", "dns4", "dns6",   "dnsaddr",
    "tcp", "udp", "certhash", "sni",    "p2p", "ipfs", "onion3", "garlic64",
};

// If an address has several of these, the one that is last in this table is
// used.
constexpr std::string_view kTransports[] = {
    "tcp", "quic",          "quic-v1",      "ws",
    "wss", "webrtc-direct", "webtransport", "p2p-circuit",
};

template <std::size_t N>
std::size_t Rank(const std::string_view (&table)[N], std::string_view word) {
  return static_cast<std::size_t>(
      std::distance(table, std::find(table, table + N, word)));
}

}  // namespace

std::string_view Transport(std::string_view multiaddr) {
  constexpr std::size_t kNone = std::size(kTransports);
  std::size_t best = kNone;
  bool tls = false;
  bool is_value = false;
  while (!multiaddr.empty()) {
    const auto slash = std::min(multiaddr.find('/'), multiaddr.size());
    const auto word = multiaddr.substr(0, slash);
    multiaddr.remove_prefix(std::min(slash + 1, multiaddr.size()));
    if (word.empty()) continue;
    if (!is_value) {
      tls = tls || word == "tls";
      const auto rank = Rank(kTransports, word);
      if (rank != kNone && (best == kNone || rank > best)) best = rank;
    }
    is_value = !is_value && Rank(kWithValue, word) != std::size(kWithValue);
  }
  if (best == kNone) return "other";
  // /wss is short for /tls/…/ws.
  if (tls && kTransports[best] == "ws") return "wss";
  return kTransports[best];
}

}  // namespace ipfs_peer_exporter::ipfs
