#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/result.h"

// What the kinds of addresses are made of. `text`, where a function takes it,
// is the whole address as it was written, for the message.
namespace ipfs_peer_exporter {

inline constexpr std::string_view kNotPrintable =
    "white space or control characters in an address";

Error BadAddress(std::string_view text, std::string_view what);

// Repeats no part of the address: it may hold a password.
Error HasPassword();

bool IsPrintable(std::string_view text);
// 0 to 65535, and nothing else in `text`.
std::optional<std::uint16_t> ParsePort(std::string_view text);
bool IsPort(std::string_view text);

// A name or an IPv4 address as it may stand in a URL.
bool IsHost(std::string_view text);
bool IsIp(int family, std::string_view text);

// A path that fits a sockaddr_un.
Result<std::string> SocketPath(std::string_view text, std::string_view path);

// http(s)://HOST[:PORT][/PATH]: `base` is the URL without its path.
struct SplitUrl {
  std::string base;
  std::string path;
};
Result<SplitUrl> ParseUrl(std::string_view text);

// Whether a `base` is an address of this machine.
bool IsLoopback(std::string_view base);

}  // namespace ipfs_peer_exporter
