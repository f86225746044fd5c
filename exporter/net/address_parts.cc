#include "exporter/net/address_parts.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSocketPath = 107;  // sun_path less its NUL

}  // namespace

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return port;
}

Error BadAddress(std::string_view text, std::string_view what) {
  return {Reason::kParse,
          "\"" + std::string(text) + "\": " + std::string(what)};
}

Error HasPassword() {
  return {Reason::kParse,
          "user name and password do not belong into a URL, but into the file "
          "of --ipfs.auth-file or --peer.auth-file"};
}

bool IsPrintable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7F;
  });
}

bool IsPort(std::string_view text) { return ParsePort(text).value_or(0) > 0; }

bool IsHost(std::string_view text) {
  return !text.empty() &&
         text.find_first_of("/?#@\\%[]<>:\" \t\r\n") == std::string_view::npos;
}

bool IsIp(int family, std::string_view text) {
  in6_addr address{};  // the larger of the two
  return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

Result<std::string> SocketPath(std::string_view text, std::string_view path) {
  if (path.size() < 2 || path.front() != '/') {
    return BadAddress(text, "the path of a Unix socket has to begin with /");
  }
  if (path.size() > kMaxSocketPath) {
    return BadAddress(text, "the path of a Unix socket has at most 107 bytes");
  }
  if (path.find("%2F") != path.npos || path.find("%2f") != path.npos) {
    return BadAddress(text,
                      "the path of a Unix socket is written with /, not %2F");
  }
  return std::string(path);
}

Result<SplitUrl> ParseUrl(std::string_view text) {
  if (text.find('@') != std::string_view::npos) {
    return HasPassword();
  }
  const auto scheme_end = text.find("://");
  const auto scheme = text.substr(0, scheme_end);
  const auto rest = text.substr(scheme_end + 3);
  if (scheme != "http" && scheme != "https") {
    return BadAddress(text, "the scheme has to be http or https");
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto authority = rest.substr(0, slash);
  auto host = authority;
  std::optional<std::string_view> port;
  const bool bracketed = host.starts_with('[');
  if (bracketed) {
    const auto close = host.find(']');
    if (close == std::string_view::npos)
      return BadAddress(text, "no ] in the host");
    if (close + 1 < host.size()) port = host.substr(close + 1);
    if (port && !port->starts_with(':')) return BadAddress(text, "not a host");
    if (port) port->remove_prefix(1);
    host = host.substr(1, close - 1);
  } else if (const auto colon = host.rfind(':');
             colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (bracketed ? !IsIp(AF_INET6, host) : !IsHost(host)) {
    return BadAddress(text, "no host, or no address between [ and ]");
  }
  if (port && !IsPort(*port))
    return BadAddress(text, "the port has to be 1 to 65535");
  const auto path = rest.substr(slash);
  if (path.find('#') != std::string_view::npos) {
    return BadAddress(text, "# in the path");
  }
  return SplitUrl{std::string(text.substr(0, scheme_end + 3 + slash)),
                  std::string(path)};
}

bool IsLoopback(std::string_view base) {
  base.remove_prefix(base.find("://") + 3);
  const auto host = base.substr(0, base.find_first_of(":/"));
  return (host.starts_with("127.") && IsIp(AF_INET, host)) ||
         base.starts_with("[::1]") || base == "localhost" ||
         base.starts_with("localhost:") || base.starts_with("localhost/");
}

}  // namespace ipfs_peer_exporter
