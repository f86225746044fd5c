#include "exporter/config/bcrypt_hash.h"

#include <algorithm>

namespace ipfs_peer_exporter {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool IsBcryptHash(std::string_view text) {
  constexpr std::size_t kSize = 60;
  constexpr std::size_t kPrefix = 7;  // $2y$10$
  if (text.size() != kSize || !text.starts_with("$2") || text[3] != '$' ||
      text[6] != '$' || !IsDigit(text[4]) || !IsDigit(text[5])) {
    return false;
  }
  const char minor = text[2];
  return (minor == 'a' || minor == 'b' || minor == 'y') &&
         std::ranges::all_of(text.substr(kPrefix), [](char c) {
           return IsDigit(c) || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z') || c == '.' || c == '/';
         });
}

bool IsBcryptCostAllowed(std::string_view hash) {
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  return cost >= 4 && cost <= 14;
}

}  // namespace ipfs_peer_exporter
