#include "exporter/serve/access_log.h"

#include <string>

#include "exporter/base/log.h"
#include "exporter/config/flag.h"
#include "exporter/serve/client_address.h"

namespace ipfs_peer_exporter {
namespace {

// "192.0.2.1", "2001:db8::1", or "local" if the client has no IP address.
std::string ClientText(const ClientAddress& client) {
  if (client == ClientAddress{}) return "local";
  return AddressText(
      {reinterpret_cast<const char*>(client.data()), client.size()});
}

}  // namespace

bool IsAccessLogged() { return IsLogged(LogLevel::kDebug); }

void LogAccess(const Exchange& exchange, bool is_whole) {
  if (!IsAccessLogged() || exchange.status == 0) return;
  // Log escapes the path, which is the client's.
  Log(LogLevel::kDebug, is_whole ? "request answered" : "response incomplete",
      {{"client", ClientText(exchange.connection.client)},
       {"method", exchange.method},
       {"path", exchange.path},
       {"status", std::to_string(exchange.status)},
       {"bytes", std::to_string(exchange.bytes)},
       {"seconds", NumberText(Seconds(Clock::now() - exchange.begun))}});
}

}  // namespace ipfs_peer_exporter
