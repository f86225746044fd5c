#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// Major and minor version of a program.
struct Version {
  int major = 0;
  int minor = 0;

  friend auto operator<=>(const Version&, const Version&) = default;
};

// Parses major and minor of a version: "0.43.0-rc1" is 0.43; nullopt for other
// text, such as "1".
std::optional<Version> ParseVersion(std::string_view text);

// Whether `version` is older than `than`; false if either does not parse.
bool IsOlder(std::string_view version, std::string_view than);

}  // namespace ipfs_peer_exporter::ipfs
