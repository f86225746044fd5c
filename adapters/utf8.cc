#include "adapters/utf8.h"

#include <cstdint>
#include <cstring>

namespace ipfs_peer_exporter {
namespace {

// The number of leading bytes, a multiple of eight, that are ASCII without NUL.
// Nearly all text from daemons is ASCII.
std::size_t CleanAscii(std::string_view text) {
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t i = 0;
  for (; i + sizeof kHighs <= text.size(); i += sizeof kHighs) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    // Taking 1 from a byte sets its highest bit only if it was 0.
    if ((word & kHighs) != 0 || ((word - kOnes) & kHighs) != 0) break;
  }
  return i;
}

}  // namespace

std::size_t Utf8Size(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const unsigned lead = byte(0);
  // Nearly all characters are ASCII.
  if (lead > 0 && lead < 0x80) return 1;
  const std::size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : lead >= 0xE0 && lead <= 0xEF ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
  }
  const unsigned second = byte(1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return size;
}

bool IsCleanUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    i += CleanAscii(text.substr(i));
    if (i == text.size()) return true;
    const auto size = Utf8Size(text.substr(i));
    if (size == 0) return false;
    i += size;
  }
  return true;
}

}  // namespace ipfs_peer_exporter
