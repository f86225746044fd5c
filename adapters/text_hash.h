#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ipfs_peer_exporter {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// A hash table whose look-ups take any text without copying it.
template <typename T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

}  // namespace ipfs_peer_exporter
