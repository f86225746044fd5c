#include "adapters/ipfs/version.h"

#include <charconv>

namespace ipfs_peer_exporter::ipfs {

std::optional<Version> ParseVersion(std::string_view text) {
  constexpr int kMost = 9999;
  Version version;
  const auto* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') {
    return std::nullopt;
  }
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  const auto is_number = [](int number) {
    return number >= 0 && number <= kMost;
  };
  if (minor.ec != std::errc() || !is_number(version.major) ||
      !is_number(version.minor)) {
    return std::nullopt;
  }
  return version;
}

bool IsOlder(std::string_view version, std::string_view than) {
  const auto left = ParseVersion(version);
  const auto right = ParseVersion(than);
  return left && right && *left < *right;
}

}  // namespace ipfs_peer_exporter::ipfs
