#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/result.h"

// Helpers for the address parsers. In functions that return an error, `text` is
// the whole address as given, for the message.
namespace ipfs_peer_exporter {

inline constexpr std::string_view kNotPrintable =
    "white space or control characters in an address";

Error BadAddress(std::string_view text, std::string_view what);

// Does not repeat the address, which may hold a password.
Error HasPassword();

// Whether `text` has neither white space nor control characters.
bool IsPrintable(std::string_view text);
// A number from 0 to 65535; empty if `text` is anything else.
std::optional<std::uint16_t> ParsePort(std::string_view text);
// Whether `text` is a port from 1 to 65535.
bool IsPort(std::string_view text);

// Whether `text` is a name or an IPv4 address that a URL may contain.
bool IsHost(std::string_view text);
// Whether `text` is an IP address of `family`, AF_INET or AF_INET6.
bool IsIp(int family, std::string_view text);

// Returns `path` if it is absolute and fits a sockaddr_un, else an error.
Result<std::string> SocketPath(std::string_view text, std::string_view path);

// http(s)://HOST[:PORT][/PATH]: `base` is the URL without its path.
struct SplitUrl {
  std::string base;
  std::string path;
};
Result<SplitUrl> ParseUrl(std::string_view text);

// Whether the host of the URL `base` is this machine.
bool IsLoopback(std::string_view base);

}  // namespace ipfs_peer_exporter
