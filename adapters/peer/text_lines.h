#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/char_set.h"

namespace ipfs_peer_exporter::peer {

// Removes the byte-order mark that Windows programs write at the beginning. It
// identifies UTF-8, which is required anyway.
inline void DropByteOrderMark(std::string& bytes) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kMark)) bytes.erase(0, kMark.size());
}

// Takes the next line, without its line feed, from the front of `text`. nullopt
// if the rest has no line feed: the last digits of a number may be missing.
inline std::optional<std::string_view> TakeLine(std::string_view& text) {
  const auto size = text.find('\n');
  if (size == text.npos) return std::nullopt;
  const auto line = text.substr(0, size);
  text.remove_prefix(size + 1);
  return line;
}

// `text` without leading and trailing blanks.
inline std::string_view Trim(std::string_view text) {
  static constexpr CharSet kBlanks(" \t\r");
  text.remove_prefix(kBlanks.Span(text));
  while (!text.empty() && kBlanks.Has(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace ipfs_peer_exporter::peer
