#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace ipfs_peer_exporter {

// Finds the strings in a JSON text, which may arrive in pieces and need not be
// valid.
class JsonScanner {
 public:
  // Whether the next byte belongs to a string that has begun.
  bool in_string() const { return in_string_; }

  void Take(char c) {
    in_string_ = in_string_ ? escaped_ || c != '"' : c == '"';
    escaped_ = in_string_ && !escaped_ && c == '\\';
  }

  // Takes the bytes from `at` to the quote that ends the string, inclusive, and
  // returns the index of the next byte. Outside a string it takes no byte.
  std::size_t TakeString(std::string_view bytes, std::size_t at);

  // Takes the bytes before the first bracket outside a string and returns their
  // number. This is far faster than Take() for each byte.
  std::size_t TakeToBracket(std::string_view bytes);

 private:
  bool in_string_ = false;
  bool escaped_ = false;  // a backslash escapes the next byte
};

// In the header, because inlining makes TakeToBracket() an eighth faster.
inline std::size_t JsonScanner::TakeString(std::string_view bytes,
                                           std::size_t at) {
  std::size_t quote = at;  // the next quote, if it is after `at`
  while (in_string_ && at < bytes.size()) {
    if (escaped_) {
      escaped_ = false;
      ++at;
      continue;
    }
    if (quote <= at) quote = std::min(bytes.find('"', at), bytes.size());
    at += std::min(bytes.substr(at, quote - at).find('\\'), quote - at);
    if (at == bytes.size()) break;
    escaped_ = bytes[at++] == '\\';
    in_string_ = escaped_;
  }
  return at;
}

}  // namespace ipfs_peer_exporter
