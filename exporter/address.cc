#include "exporter/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <vector>

#include "exporter/small_file.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSocketPath = 107;  // sun_path less its NUL
constexpr std::string_view kNotPrintable =
    "white space or control characters in an address";
constexpr std::size_t kMaxApiFile = 2047;  // what Kubo itself reads of it
constexpr std::string_view kDefaultRpc = "/ip4/127.0.0.1/tcp/5001";

Error Bad(std::string_view text, std::string_view what) {
  return {Reason::kParse,
          "\"" + std::string(text) + "\": " + std::string(what)};
}

bool IsPrintable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c <= ' ' || c == 0x7F; });
}

bool IsPort(std::string_view text) { return ParsePort(text).value_or(0) > 0; }

// A host as it may stand in a URL: no separators, no white space.
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
    return Bad(text, "the path of a Unix socket has to begin with /");
  }
  if (path.size() > kMaxSocketPath) {
    return Bad(text, "the path of a Unix socket has at most 107 bytes");
  }
  return std::string(path);
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

// An address of this machine, as a URL writes its host.
bool IsLoopback(std::string_view base) {
  base.remove_prefix(base.find("://") + 3);
  const auto host = base.substr(0, base.find_first_of(":/"));
  return (host.starts_with("127.") && IsIp(AF_INET, host)) ||
         base.starts_with("[::1]") || base == "localhost" ||
         base.starts_with("localhost:") || base.starts_with("localhost/");
}

// /PROTOCOL/HOST/tcp/PORT with an optional /http, /https or /tls/http
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
    return Bad(text, "a multiaddr begins with /ip4, /ip6, /dns or /unix");
  }
  const bool is_host = ip6                ? IsIp(AF_INET6, part(1))
                       : part(0) == "ip4" ? IsIp(AF_INET, part(1))
                                          : IsHost(part(1));
  if (!is_host)
    return Bad(text, "not an address or host after /" + std::string(part(0)));
  if (part(2) != "tcp" || !IsPort(part(3))) {
    return Bad(text, "after the host comes /tcp/PORT");
  }
  std::string scheme;
  for (std::size_t i = 4; i < parts.size(); ++i) {
    scheme.append("/").append(parts[i]);
  }
  const bool https =
      scheme == "/https" || scheme == "/tls" || scheme == "/tls/http";
  if (!https && !scheme.empty() && scheme != "/http") {
    return Bad(text, "after the port may come /http, /https or /tls/http");
  }
  std::string host(part(1));
  if (ip6) host = "[" + host + "]";
  const auto base =
      (https ? "https://" : "http://") + host + ":" + std::string(part(3));
  return HttpAddress{base, "", std::string(text), IsLoopback(base)};
}

// http(s)://HOST[:PORT][/PATH]: `base` is the URL without its path.
struct SplitUrl {
  std::string base;
  std::string path;
};

Result<SplitUrl> ParseUrl(std::string_view text) {
  if (text.find('@') != std::string_view::npos) {
    // Neither the text nor its parts are repeated: they may hold a password.
    return Error{Reason::kParse,
                 "user name and password do not belong into a URL; those of "
                 "the daemon go into the file of --ipfs.auth-file"};
  }
  const auto scheme_end = text.find("://");
  const auto scheme = text.substr(0, scheme_end);
  const auto rest = text.substr(scheme_end + 3);
  if (scheme != "http" && scheme != "https") {
    return Bad(text, "the scheme has to be http or https");
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  const auto authority = rest.substr(0, slash);
  auto host = authority;
  std::optional<std::string_view> port;
  const bool bracketed = host.starts_with('[');
  if (bracketed) {
    const auto close = host.find(']');
    if (close == std::string_view::npos) return Bad(text, "no ] in the host");
    if (close + 1 < host.size()) port = host.substr(close + 1);
    if (port && !port->starts_with(':')) return Bad(text, "not a host");
    if (port) port->remove_prefix(1);
    host = host.substr(1, close - 1);
  } else if (const auto colon = host.rfind(':');
             colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (bracketed ? !IsIp(AF_INET6, host) : !IsHost(host)) {
    return Bad(text, "no host, or no address between [ and ]");
  }
  if (port && !IsPort(*port)) return Bad(text, "the port has to be 1 to 65535");
  const auto path = rest.substr(slash);
  if (path.find('#') != std::string_view::npos) {
    return Bad(text, "# in the path");
  }
  return SplitUrl{std::string(text.substr(0, scheme_end + 3 + slash)),
                  std::string(path)};
}

Result<SocketAddress> UnixSocket(std::string_view text, std::string_view path) {
  const auto checked = SocketPath(text, path);
  if (!checked) return checked.error();
  SocketAddress address;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, checked->data(), checked->size());
  std::memcpy(&address.storage, &name, sizeof name);
  address.size = sizeof name;
  address.text = address.unix_socket = *checked;
  return address;
}

// IP:PORT or [IPV6]:PORT. Names are not looked up: that could block, and the
// peer is a neighbour.
Result<SocketAddress> TcpSocket(std::string_view text, std::string_view where) {
  const auto colon = where.rfind(':');
  auto host = where.substr(0, colon);
  const auto port = colon == std::string_view::npos ? std::string_view()
                                                    : where.substr(colon + 1);
  if (!IsPort(port)) return Bad(text, "the port has to be 1 to 65535");
  const auto number = *ParsePort(port);
  if (host == "localhost") host = "127.0.0.1";

  SocketAddress address;
  address.text = where;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, std::string(host).c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(number);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
    return address;
  }
  if (host.starts_with('[') && host.ends_with(']') &&
      inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(),
                &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(number);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
    return address;
  }
  return Bad(text,
             "after tcp:// comes an IP address, or localhost, and a port");
}

std::string RepositoryPath() {
  if (const char* path = std::getenv("IPFS_PATH"); path && *path) return path;
  if (const char* home = std::getenv("HOME"); home && *home) {
    return std::string(home) + "/.ipfs";
  }
  return {};
}

}  // namespace

std::optional<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  if (read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return port;
}

Result<HttpAddress> ParseRpcAddress(std::string_view text) {
  if (!IsPrintable(text)) return Bad(text, kNotPrintable);
  if (text.starts_with('/')) return ParseMultiaddr(text);
  if (text.find("://") == std::string_view::npos) {
    return Bad(text,
               "not an address of the RPC API such as /ip4/127.0.0.1/tcp/5001, "
               "/unix/run/ipfs/api.sock or http://127.0.0.1:5001");
  }
  auto url = ParseUrl(text);
  if (!url) return url.error();
  if (url->path.find('?') != std::string::npos) {
    return Bad(text, "no query in the address of the RPC API");
  }
  std::string base = url->base + url->path;
  while (base.ends_with('/')) base.pop_back();
  return HttpAddress{base, "", std::string(text), IsLoopback(base)};
}

HttpAddress DiscoverRpcAddress() {
  if (const auto repository = RepositoryPath(); !repository.empty()) {
    const auto text = ReadSmallFile(repository + "/api", kMaxApiFile);
    const auto address = ParseRpcAddress(text ? *text : "");
    if (address) return *address;
  }
  return *ParseRpcAddress(kDefaultRpc);
}

Result<StatsAddress> ParseStatsAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kTcp = "tcp://";
  constexpr std::string_view kHttpUnix = "http+unix:";
  if (!IsPrintable(text)) return Bad(text, kNotPrintable);
  StatsAddress address{
      StatsAddress::Kind::kHttp, {}, {}, "/", std::string(text)};
  if (text.starts_with(kUnix) || text.starts_with(kTcp)) {
    auto socket = text.starts_with(kUnix)
                      ? UnixSocket(text, text.substr(kUnix.size()))
                      : TcpSocket(text, text.substr(kTcp.size()));
    if (!socket) return socket.error();
    address.kind = StatsAddress::Kind::kSocket;
    address.socket = std::move(*socket);
    return address;
  }
  if (text.starts_with(kHttpUnix)) {
    const auto rest = text.substr(kHttpUnix.size());
    const auto colon = std::min(rest.find(":/"), rest.size());
    auto path = SocketPath(text, rest.substr(0, colon));
    if (!path) return path.error();
    if (colon < rest.size()) address.page = rest.substr(colon + 1);
    if (address.page.find('#') != std::string::npos) {
      return Bad(text, "# in the path");
    }
    address.http = {"http://localhost", *path, std::string(text), true};
    return address;
  }
  if (text.starts_with("http://") || text.starts_with("https://")) {
    auto url = ParseUrl(text);
    if (!url) return url.error();
    if (!url->path.empty()) address.page = url->path;
    address.http = {url->base, "", std::string(text), IsLoopback(url->base)};
    return address;
  }
  return Bad(text,
             "not a stats socket such as unix:/run/peer/stats.sock, "
             "tcp://127.0.0.1:9999 or http://127.0.0.1:52342/stats");
}

}  // namespace ipfs_peer_exporter
