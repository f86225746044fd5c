#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "adapters/result.h"

// Addresses of the daemon and of peers, and their parsers.
namespace ipfs_peer_exporter {

// Address of an HTTP server, as libcurl needs it.
struct HttpAddress {
  std::string base;         // "http://127.0.0.1:5001", without a final slash
  std::string unix_socket;  // path of a Unix socket; empty for TCP
  std::string text;         // as given, for messages
  bool local = false;       // on the loopback interface or a Unix socket

  // Whether others can read credentials on their way there: they go over the
  // network in clear text.
  bool exposes_credentials() const {
    return !local && base.starts_with("http:");
  }

  bool operator==(const HttpAddress&) const = default;
};

// Parses a multiaddr (/ip4/127.0.0.1/tcp/5001, /dns/ipfs/tcp/443/https,
// /unix/run/ipfs) or a URL (http://127.0.0.1:5001), with or without /api/v0 at
// its end. User info in a URL is refused.
Result<HttpAddress> ParseRpcAddress(std::string_view text);

// Address of a stream socket.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  std::string text;         // for messages
  std::string unix_socket;  // path; empty for TCP
};

// Address of a peer's stats: a socket or a page, by the scheme of the URL.
struct StatsAddress {
  enum class Kind { kSocket, kHttp };
  Kind kind;
  SocketAddress socket;  // with kSocket
  HttpAddress http;      // with kHttp
  std::string page;      // with kHttp: path and query
  std::string text;      // as given, for messages

  // The other members follow from the text.
  bool operator==(const StatsAddress& other) const {
    return text == other.text;
  }
};

// Parses unix:/run/peer/stats.sock, tcp://127.0.0.1:9999 (an IP address or
// localhost), http://127.0.0.1:52342/stats, https://…,
// http+unix:/run/peer.sock:/stats, http+unix://%2Frun%2Fpeer.sock/stats
Result<StatsAddress> ParseStatsAddress(std::string_view text);

}  // namespace ipfs_peer_exporter
