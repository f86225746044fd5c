#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "exporter/net/address.h"
#include "exporter/net/address_parts.h"

namespace ipfs_peer_exporter {
namespace {

// The parts of an http+unix address.
struct SocketPage {
  std::string socket;
  std::string page;  // may be empty
};

// PATH[:/PAGE]
Result<SocketPage> SocketAndPage(std::string_view text, std::string_view rest) {
  const auto colon = std::min(rest.find(":/"), rest.size());
  auto path = SocketPath(text, rest.substr(0, colon));
  if (!path) return path.error();
  if (colon < rest.size()) {
    return SocketPage{std::move(*path), std::string(rest.substr(colon + 1))};
  }
  if (path->find(':') != path->npos) {
    return BadAddress(text, "expected :/PAGE after the path of the socket");
  }
  return SocketPage{std::move(*path), {}};
}

std::optional<std::string> DecodePercent(const std::string& encoded) {
  int size = 0;
  const std::unique_ptr<char, decltype(&curl_free)> text(
      curl_easy_unescape(nullptr, encoded.c_str(),
                         static_cast<int>(encoded.size()), &size),
      curl_free);
  if (text == nullptr) return std::nullopt;
  std::string decoded(text.get(), static_cast<std::size_t>(size));
  // libcurl keeps invalid escapes; a valid one turns three characters into one.
  const auto escapes =
      static_cast<std::size_t>(std::ranges::count(encoded, '%'));
  if (decoded.size() + 2 * escapes != encoded.size()) return std::nullopt;
  return decoded;
}

// %2Frun%2Fpeer.sock[/PAGE], as requests-unixsocket and docker-py write it.
Result<SocketPage> EncodedSocketAndPage(std::string_view text,
                                        std::string_view rest) {
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string host(rest.substr(0, slash));
  if (host.find('@') != host.npos) return HasPassword();
  const auto decoded = DecodePercent(host);
  if (!decoded || host.find_first_of(":?#") != host.npos ||
      !IsPrintable(*decoded) || !decoded->starts_with('/')) {
    return BadAddress(
        text, "expected a path such as %2Frun%2Fp.sock after http+unix://");
  }
  auto path = SocketPath(text, *decoded);
  if (!path) return path.error();
  return SocketPage{std::move(*path), std::string(rest.substr(slash))};
}

// Parses `rest`, the text after http+unix:.
Result<SocketPage> SocketPageOf(std::string_view text, std::string_view rest) {
  if (rest.find('#') != rest.npos) return BadAddress(text, "contains a #");
  const bool encoded = rest.starts_with("//") && !rest.starts_with("///");
  return encoded ? EncodedSocketAndPage(text, rest.substr(2))
                 : SocketAndPage(text, rest);
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

// Parses IP:PORT or [IPV6]:PORT. Names are not resolved: that could block, and
// the peer runs beside the exporter.
Result<SocketAddress> TcpSocket(std::string_view text, std::string_view where) {
  const auto colon = where.rfind(':');
  auto host = where.substr(0, colon);
  const auto port = colon == std::string_view::npos ? std::string_view()
                                                    : where.substr(colon + 1);
  if (!IsPort(port)) return BadAddress(text, "the port must be 1 to 65535");
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
  return BadAddress(
      text, "expected an IP address or localhost, and a port, after tcp://");
}

}  // namespace

Result<StatsAddress> ParseStatsAddress(std::string_view text) {
  constexpr std::string_view kUnix = "unix:";
  constexpr std::string_view kTcp = "tcp://";
  constexpr std::string_view kHttpUnix = "http+unix:";
  if (!IsPrintable(text)) return BadAddress(text, kNotPrintable);
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
    auto where = SocketPageOf(text, text.substr(kHttpUnix.size()));
    if (!where) return where.error();
    if (!where->page.empty()) address.page = std::move(where->page);
    address.http = {"http://localhost", std::move(where->socket),
                    std::string(text), true};
    return address;
  }
  if (text.starts_with("http://") || text.starts_with("https://")) {
    auto url = ParseUrl(text);
    if (!url) return url.error();
    if (!url->path.empty()) address.page = url->path;
    address.http = {url->base, "", std::string(text), IsLoopback(url->base)};
    return address;
  }
  return BadAddress(text,
                    "not a stats socket such as unix:/run/peer/stats.sock, "
                    "tcp://127.0.0.1:9999 or http://127.0.0.1:52342/stats");
}

}  // namespace ipfs_peer_exporter
