#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace ipfs_peer_exporter {

// Tells what of a JSON text is within strings. The text may arrive in pieces,
// and need not be JSON.
class JsonScanner {
 public:
  // Whether the next byte belongs to a string that has begun.
  bool in_string() const { return in_string_; }

  void Take(char c) {
    in_string_ = in_string_ ? escaped_ || c != '"' : c == '"';
    escaped_ = in_string_ && !escaped_ && c == '\\';
  }

  // Takes the bytes from `at` up to and with the quote that ends the string,
  // and returns where that is. Takes none outside a string.
  std::size_t TakeString(std::string_view bytes, std::size_t at);

  // Takes the bytes before the first bracket that is outside a string, and
  // returns how many. Far faster than one by one.
  std::size_t TakeToBracket(std::string_view bytes);

 private:
  bool in_string_ = false;
  bool escaped_ = false;  // the next byte, by a backslash before it
};

// Here, for TakeToBracket() is an eighth slower if it is not inlined.
inline std::size_t JsonScanner::TakeString(std::string_view bytes,
                                           std::size_t at) {
  std::size_t quote = at;  // the first from `at` on, once it was looked for
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
