#include "exporter/net/address_parts.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kMaxSocketPath = 107;  // sun_path without its NUL

// Whether `host`, the end of the URL `base`, is HOST[:PORT] or [IPV6][:PORT].
// libcurl decides. Hosts that libcurl would misread, or that only some of its
// releases accept, are refused first.
bool EndsWithHost(const std::string& base, std::string_view host) {
  if (host.find_first_of("?%\\") != host.npos || host.ends_with(':') ||
      (!host.starts_with('[') && !IsHost(host.substr(0, host.find(':'))))) {
    return false;
  }
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> url(
      curl_url(), curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK) {
    return false;
  }
  char* text = nullptr;
  curl_url_get(url.get(), CURLUPART_PORT, &text, 0);
  const std::unique_ptr<char, decltype(&curl_free)> port(text, curl_free);
  return port == nullptr || IsPort(port.get());
}

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
          "user name and password belong in the file of --ipfs.auth-file or "
          "--peer.auth-file, not in a URL"};
}

bool IsPrintable(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7F;
  });
}

bool IsPort(std::string_view text) { return ParsePort(text).value_or(0) > 0; }

bool IsHost(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
           c == '~' || static_cast<unsigned char>(c) > 0x7F;
  });
}

bool IsIp(int family, std::string_view text) {
  in6_addr address{};  // large enough for both families
  return inet_pton(family, std::string(text).c_str(), &address) == 1;
}

Result<std::string> SocketPath(std::string_view text, std::string_view path) {
  if (path.size() < 2 || path.front() != '/') {
    return BadAddress(text, "the path of a Unix socket must begin with /");
  }
  if (path.size() > kMaxSocketPath) {
    return BadAddress(text,
                      "the path of a Unix socket must be at most 107 bytes");
  }
  if (path.find("%2F") != path.npos || path.find("%2f") != path.npos) {
    return BadAddress(text, "the path of a Unix socket must use /, not %2F");
  }
  return std::string(path);
}

Result<SplitUrl> ParseUrl(std::string_view text) {
  if (text.find('@') != text.npos) return HasPassword();
  if (!text.starts_with("http://") && !text.starts_with("https://")) {
    return BadAddress(text, "the scheme must be http or https");
  }
  if (text.find('#') != text.npos) return BadAddress(text, "contains a #");
  const auto host = text.find("://") + 3;
  const auto path = std::min(text.find('/', host), text.size());
  SplitUrl url{std::string(text.substr(0, path)),
               std::string(text.substr(path))};
  if (!EndsWithHost(url.base, text.substr(host, path - host))) {
    return BadAddress(text,
                      "expected HOST[:PORT] or [IPV6][:PORT] after ://, with a "
                      "port from 1 to 65535");
  }
  return url;
}

bool IsLoopback(std::string_view base) {
  base.remove_prefix(base.find("://") + 3);
  const auto host = base.substr(0, base.find_first_of(":/"));
  return (host.starts_with("127.") && IsIp(AF_INET, host)) ||
         base.starts_with("[::1]") || base == "localhost" ||
         base.starts_with("localhost:") || base.starts_with("localhost/");
}

}  // namespace ipfs_peer_exporter
