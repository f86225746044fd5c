// Fuzzes values of flags and of the daemon's `api` file: addresses, durations,
// sizes.
#include <algorithm>

#include "exporter/base/units.h"
#include "exporter/net/address.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

// Whether no character can end a request line or a C string.
bool IsPrintable(std::string_view text) {
  return std::ranges::none_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7F;
  });
}

void RequireUrl(std::string_view base) {
  Require(base.starts_with("http://") || base.starts_with("https://"),
          "the scheme is http or https");
  const auto authority = base.substr(base.find("://") + 3);
  Require(!authority.empty() && authority.front() != '/', "there is a host");
  Require(authority.substr(0, authority.find('/')).find('@') ==
              std::string_view::npos,
          "no user info");
  Require(IsPrintable(base), "an address is printable");
}

void RequireSocket(std::string_view path) {
  Require(path.starts_with('/') && path.size() <= 107, "a path fits sun_path");
  Require(IsPrintable(path), "a path is printable");
}

// Credentials may be sent unencrypted to a local address only.
void RequireLocal(std::string_view base) {
  const auto host = base.substr(base.find("://") + 3);
  const auto end = std::min(host.find_first_of(":/"), host.size());
  Require(host.starts_with("[::1]") || host.substr(0, end) == "localhost" ||
              (host.starts_with("127.") &&
               host.find_first_not_of("0123456789.") >= end),
          "local is the loopback interface");
}

void RpcAddress(std::string_view text) {
  const auto address = ParseRpcAddress(text);
  if (!address) return;
  Require(address->text == text, "the text is kept");
  RequireUrl(address->base);
  if (address->local) RequireLocal(address->base);
  if (!address->unix_socket.empty()) return RequireSocket(address->unix_socket);
  const auto again = ParseRpcAddress(address->base);
  Require(again && again->base == address->base, "a base parses to itself");
}

void PeerAddress(std::string_view text) {
  const auto address = ParseStatsAddress(text);
  if (!address) return;
  Require(address->text == text, "the text is kept");
  if (address->kind == StatsAddress::Kind::kSocket) {
    Require(address->socket.size > 0, "a socket has an address");
    const auto& path = address->socket.unix_socket;
    if (!path.empty()) RequireSocket(path);
    return;
  }
  RequireUrl(address->http.base);
  if (address->http.local) RequireLocal(address->http.base);
  if (!address->http.unix_socket.empty()) {
    RequireSocket(address->http.unix_socket);
  }
  Require(address->page.starts_with('/') && IsPrintable(address->page),
          "a page is a request target");
}

void Units(std::string_view text) {
  const auto size = ParseSize(text);
  Require(!size || (*size > 0 && *size <= 256 << 20), "a size is in range");
  const auto duration = ParseDuration(text);
  if (!duration) return;
  Require(*duration > Duration::zero() && *duration <= std::chrono::hours(24),
          "a duration is in range");
  const auto again = ParseDuration(FormatDuration(*duration));
  Require(again && *again == *duration, "a duration reads back");
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const auto text = AsText(data, size);
  RpcAddress(text);
  PeerAddress(text);
  Units(text);
  return 0;
}
