#include "adapters/ipfs/url.h"

#include <cctype>
#include <cstdint>

namespace ipfs_peer_exporter::ipfs {

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '/' || c == '.' || c == '-' ||
        c == '_' || c == '~') {
      encoded += c;
    } else {
      encoded.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return encoded;
}

std::string MultibaseEncode(std::string_view text) {
  constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string encoded = "u";
  std::uint32_t bits = 0;
  int count = 0;  // number of pending bits
  for (const char c : text) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) {
      encoded += kDigits[(bits >> (count - 6)) & 63];
    }
  }
  if (count > 0) encoded += kDigits[(bits << (6 - count)) & 63];
  return encoded;
}

}  // namespace ipfs_peer_exporter::ipfs
