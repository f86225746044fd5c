#include "exporter/serve/basic_auth.h"

#include <array>
#include <cstdint>

#include "exporter/serve/http_query.h"

namespace ipfs_peer_exporter {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// Decodes base64 with padding and without blanks; nullopt for other texts, and
// for bits that no encoder sets.
std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == kAlphabet.npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  const bool clean = (bits & ((1U << count) - 1)) == 0 && count < 6;
  if (!clean) return std::nullopt;
  return bytes;
}

}  // namespace

std::optional<BasicCredentials> ParseBasicAuth(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  constexpr std::size_t kReadByBcrypt = 72;
  if (!IsSameText(authorization.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  auto decoded = DecodeBase64(Trim(authorization.substr(kScheme.size())));
  if (!decoded || decoded->find('\0') != decoded->npos) return std::nullopt;
  const auto colon = decoded->find(':');
  if (colon == decoded->npos) return std::nullopt;
  return BasicCredentials{decoded->substr(0, colon),
                          decoded->substr(colon + 1, kReadByBcrypt)};
}

}  // namespace ipfs_peer_exporter
