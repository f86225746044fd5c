#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace ipfs_peer_exporter {

// A set of bytes. A search takes one look-up per byte, where std::string_view
// calls memchr() for each.
class CharSet {
 public:
  consteval explicit CharSet(std::string_view chars) {
    for (const char c : chars) has_[static_cast<unsigned char>(c)] = true;
  }

  bool Has(char c) const { return has_[static_cast<unsigned char>(c)]; }

  // The number of leading bytes of `text` in the set, or not in it.
  std::size_t Span(std::string_view text) const { return Run(text, true); }
  std::size_t SpanTo(std::string_view text) const { return Run(text, false); }

  // Whether all bytes of `text` are in the set, or any.
  bool HasAll(std::string_view text) const { return Span(text) == text.size(); }
  bool HasAny(std::string_view text) const {
    return SpanTo(text) < text.size();
  }

 private:
  std::size_t Run(std::string_view text, bool in) const {
    std::size_t size = 0;
    while (size < text.size() && Has(text[size]) == in) ++size;
    return size;
  }

  std::array<bool, 256> has_{};
};

}  // namespace ipfs_peer_exporter
