#include "adapters/utf8.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("utf8: valid and invalid bytes") {
  struct Row {
    std::string_view text;
    bool clean;
  };
  const Row rows[] = {
      {"", true},
      {"plain", true},
      {"\x01\x7f", true},
      {std::string_view("a\0b", 3), false},
      {"\xc2\x80", true},
      {"\xdf\xbf", true},
      {"\xe0\xa0\x80", true},
      {"\xed\x9f\xbf", true},
      {"\xee\x80\x80", true},
      {"\xef\xbf\xbf", true},
      {"\xf0\x90\x80\x80", true},
      {"\xf4\x8f\xbf\xbf", true},
      {"a\xe2\x82\xac z", true},
      {"\x80", false},  // a continuation without a lead
      {"\xc2", false},  // a lead without its continuation
      {"\xc2z", false},
      {"\xe2\x82", false},
      {"\xe2\x82z", false},
      {"\xf0\x90\x80", false},
      {"\xc0\x80", false},  // overlong
      {"\xc1\xbf", false},
      {"\xe0\x9f\xbf", false},
      {"\xf0\x8f\xbf\xbf", false},
      {"\xed\xa0\x80", false},  // a surrogate
      {"\xed\xb0\x80", false},
      {"\xf4\x90\x80\x80", false},  // above U+10FFFF
      {"\xf5\x80\x80\x80", false},
      {"\xff", false},
      {"\xfe", false},
      {"ok\xff", false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text.size());
    CAPTURE(&row - rows);
    CHECK(IsCleanUtf8(row.text) == row.clean);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
