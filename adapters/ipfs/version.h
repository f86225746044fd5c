#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// The two numbers by which daemons of a kind are told apart.
struct Version {
  int major = 0;
  int minor = 0;

  friend auto operator<=>(const Version&, const Version&) = default;
};

// Reads what a version begins with: "0.43.0-rc1" is 0.43, "1" is not one.
std::optional<Version> ParseVersion(std::string_view text);

// Whether both are versions and the first is the older one.
bool IsOlder(std::string_view version, std::string_view than);

}  // namespace ipfs_peer_exporter::ipfs
