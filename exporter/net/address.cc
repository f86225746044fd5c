#include "exporter/net/address.h"

#include <sys/socket.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "exporter/net/address_parts.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kRpcPath = "/api/v0";

// Cuts /PART off the front of a multiaddr.
std::string_view TakePart(std::string_view& rest) {
  if (rest.empty()) return rest;
  const auto end = std::min(rest.find('/', 1), rest.size());
  const auto part = rest.substr(1, end - 1);
  rest.remove_prefix(end);
  return part;
}

// Cuts off /api/v0, which other IPFS tools need in the address.
std::string_view WithoutRpcPath(std::string_view path) {
  auto rest = path;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (!rest.ends_with(kRpcPath)) return path;
  rest.remove_suffix(kRpcPath.size());
  return WithoutRpcPath(rest);
}

bool IsHostOf(std::string_view protocol, std::string_view host) {
  if (protocol == "ip4") return IsIp(AF_INET, host);
  if (protocol == "ip6") return IsIp(AF_INET6, host);
  return IsHost(host);
}

// The URL scheme for `rest`, the text after /tcp/PORT; empty if unknown.
std::string_view SchemeOf(std::string_view rest) {
  const auto protocols = WithoutRpcPath(rest);
  if (protocols.empty() || protocols == "/http") return "http://";
  const bool https =
      protocols == "/https" || protocols == "/tls" || protocols == "/tls/http";
  return https ? "https://" : std::string_view();
}

// /PROTOCOL/HOST/tcp/PORT with an optional /http, /https or /tls/http and the
// path of the RPC API
// (kubo docs/config.md, Addresses.API; client/rpc/api.go).
Result<HttpAddress> ParseMultiaddr(std::string_view text) {
  constexpr std::string_view kProtocols[] = {"ip4", "ip6", "dns", "dns4",
                                             "dns6"};
  auto rest = text;
  const auto protocol = TakePart(rest);
  const auto host = TakePart(rest);
  if (protocol == "unix") {
    auto path = SocketPath(text, text.substr(protocol.size() + 1));
    if (!path) return path.error();
    return HttpAddress{"http://localhost", *path, std::string(text), true};
  }
  if (std::ranges::count(kProtocols, protocol) == 0) {
    return BadAddress(text,
                      "a multiaddr must begin with /ip4, /ip6, /dns or /unix");
  }
  if (!IsHostOf(protocol, host)) {
    return BadAddress(
        text, "no valid address or host after /" + std::string(protocol));
  }
  const bool tcp = TakePart(rest) == "tcp";
  const auto port = TakePart(rest);
  if (!tcp || !IsPort(port)) {
    return BadAddress(text, "expected /tcp/PORT after the host");
  }
  const auto scheme = SchemeOf(rest);
  if (scheme.empty()) {
    return BadAddress(text,
                      "only /http, /https or /tls/http may follow the port");
  }
  const bool ip6 = protocol == "ip6";
  std::string base(scheme);
  base.append(ip6 ? "[" : "").append(host).append(ip6 ? "]:" : ":");
  base.append(port);
  return HttpAddress{base, "", std::string(text), IsLoopback(base)};
}

}  // namespace

Result<HttpAddress> ParseRpcAddress(std::string_view text) {
  if (!IsPrintable(text)) return BadAddress(text, kNotPrintable);
  if (text.starts_with('/')) return ParseMultiaddr(text);
  if (text.find("://") == std::string_view::npos) {
    return BadAddress(
        text,
        "not an address of the RPC API such as /ip4/127.0.0.1/tcp/5001, "
        "/unix/run/ipfs/api.sock or http://127.0.0.1:5001");
  }
  auto url = ParseUrl(text);
  if (!url) return url.error();
  if (url->path.find('?') != std::string::npos) {
    return BadAddress(text, "the address of the RPC API must not have a query");
  }
  auto base = url->base + std::string(WithoutRpcPath(url->path));
  while (base.ends_with('/')) base.pop_back();
  return HttpAddress{base, "", std::string(text), IsLoopback(base)};
}

}  // namespace ipfs_peer_exporter
