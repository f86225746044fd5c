#include "exporter/net/address.h"

#include <arpa/inet.h>

#include <string>
#include <string_view>
#include <vector>

#include "exporter/net/address_parts.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kRpcPath = "/api/v0";

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// Other tools of IPFS want the path of the RPC API in its address.
std::string_view WithoutRpcPath(std::string_view path) {
  auto rest = path;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (!rest.ends_with(kRpcPath)) return path;
  rest.remove_suffix(kRpcPath.size());
  return WithoutRpcPath(rest);
}

// /PROTOCOL/HOST/tcp/PORT with an optional /http, /https or /tls/http and the
// path of the RPC API
// (kubo docs/config.md, Addresses.API; client/rpc/api.go).
Result<HttpAddress> ParseMultiaddr(std::string_view text) {
  constexpr std::string_view kUnix = "/unix/";
  if (text.starts_with(kUnix)) {
    auto path = SocketPath(text, text.substr(kUnix.size() - 1));
    if (!path) return path.error();
    return HttpAddress{"http://localhost", *path, std::string(text), true};
  }
  const auto parts = Split(text.substr(1), '/');
  const auto part = [&](std::size_t i) {
    return i < parts.size() ? parts[i] : std::string_view();
  };
  const bool ip6 = part(0) == "ip6";
  if (part(0) != "ip4" && !ip6 && part(0) != "dns" && part(0) != "dns4" &&
      part(0) != "dns6") {
    return BadAddress(text,
                      "a multiaddr begins with /ip4, /ip6, /dns or /unix");
  }
  const bool is_host = ip6                ? IsIp(AF_INET6, part(1))
                       : part(0) == "ip4" ? IsIp(AF_INET, part(1))
                                          : IsHost(part(1));
  if (!is_host)
    return BadAddress(text,
                      "not an address or host after /" + std::string(part(0)));
  if (part(2) != "tcp" || !IsPort(part(3))) {
    return BadAddress(text, "after the host comes /tcp/PORT");
  }
  std::string behind;
  for (std::size_t i = 4; i < parts.size(); ++i) {
    behind.append("/").append(parts[i]);
  }
  const auto scheme = WithoutRpcPath(behind);
  const bool https =
      scheme == "/https" || scheme == "/tls" || scheme == "/tls/http";
  if (!https && !scheme.empty() && scheme != "/http") {
    return BadAddress(text,
                      "after the port may come /http, /https or /tls/http");
  }
  std::string host(part(1));
  if (ip6) host = "[" + host + "]";
  const auto base =
      (https ? "https://" : "http://") + host + ":" + std::string(part(3));
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
    return BadAddress(text, "no query in the address of the RPC API");
  }
  auto base = url->base + std::string(WithoutRpcPath(url->path));
  while (base.ends_with('/')) base.pop_back();
  return HttpAddress{base, "", std::string(text), IsLoopback(base)};
}

}  // namespace ipfs_peer_exporter
