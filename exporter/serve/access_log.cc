#include "exporter/serve/access_log.h"

#include <arpa/inet.h>

#include <string>

#include "exporter/base/log.h"
#include "exporter/config/flag.h"

namespace ipfs_peer_exporter {
namespace {

// "192.0.2.1", "2001:db8::1", or "local" if the client has no IP address.
std::string AddressText(const std::array<unsigned char, 16>& address) {
  if (address == std::array<unsigned char, 16>{}) return "local";
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, address.data(), text, sizeof text);
  const std::string_view mapped = "::ffff:";
  const std::string_view all(text);
  const bool is_mapped = all.starts_with(mapped) && all.find('.') != all.npos;
  return is_mapped ? text + mapped.size() : text;
}

}  // namespace

bool IsAccessLogged() { return IsLogged(LogLevel::kDebug); }

void LogAccess(const Exchange& exchange, bool is_whole) {
  if (!IsAccessLogged() || exchange.status == 0) return;
  // Log escapes the path, which is the client's.
  Log(LogLevel::kDebug, is_whole ? "request answered" : "response incomplete",
      {{"client", AddressText(exchange.connection.client)},
       {"method", exchange.method},
       {"path", exchange.path},
       {"status", std::to_string(exchange.status)},
       {"bytes", std::to_string(exchange.bytes)},
       {"seconds", NumberText(Seconds(Clock::now() - exchange.begun))}});
}

}  // namespace ipfs_peer_exporter
