#include "exporter/config/escapes.h"

#include <charconv>
#include <utility>

namespace ipfs_peer_exporter {
namespace {

constexpr std::pair<char, char> kEscapes[] = {
    {'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'\\', '\\'}};

// Takes the rest of an escape, after its backslash, from the front of `text`.
bool TakeEscape(std::string_view& text, char& byte) {
  for (const auto& [letter, meant] : kEscapes) {
    if (!text.starts_with(letter)) continue;
    byte = meant;
    text.remove_prefix(1);
    return true;
  }
  constexpr std::size_t kSize = 3;  // x and two digits
  if (!text.starts_with('x') || text.size() < kSize) return false;
  unsigned char value = 0;
  const auto read =
      std::from_chars(text.data() + 1, text.data() + kSize, value, 16);
  if (read.ec != std::errc() || read.ptr != text.data() + kSize) return false;
  byte = static_cast<char>(value);
  text.remove_prefix(kSize);
  return true;
}

}  // namespace

Result<std::string> Unescape(std::string_view text) {
  std::string bytes;
  const auto size = text.size();
  while (!text.empty()) {
    char byte = text.front();
    text.remove_prefix(1);
    if (byte == '\\' && !TakeEscape(text, byte)) {
      return Error{Reason::kParse, "unknown escape at byte " +
                                       std::to_string(size - text.size() - 1) +
                                       R"( (known: \r \n \t \\ \xNN))"};
    }
    bytes += byte;
  }
  return bytes;
}

}  // namespace ipfs_peer_exporter
