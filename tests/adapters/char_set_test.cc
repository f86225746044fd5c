#include "adapters/char_set.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("char_set: any byte can be in a set") {
  static constexpr CharSet kSet(std::string_view("a\0\xff", 3));
  for (const char c : std::string("a\0\xff", 3)) CHECK(kSet.Has(c));
  for (const char c : std::string("b\x01\xfe")) CHECK_FALSE(kSet.Has(c));
}

TEST_CASE("char_set: spans end at the first byte of the other kind") {
  static constexpr CharSet kBlanks(" \t");
  CHECK(kBlanks.Span(" \tx ") == 2);
  CHECK(kBlanks.Span("  ") == 2);
  CHECK(kBlanks.Span("x") == 0);
  CHECK(kBlanks.SpanTo("xy z") == 2);
  CHECK(kBlanks.SpanTo("xyz") == 3);
  CHECK(kBlanks.SpanTo("") == 0);
}

TEST_CASE("char_set: all and any") {
  static constexpr CharSet kDigits("0123456789");
  CHECK(kDigits.HasAll("10"));
  CHECK(kDigits.HasAll(""));
  CHECK_FALSE(kDigits.HasAll("1x"));
  CHECK(kDigits.HasAny("x1"));
  CHECK_FALSE(kDigits.HasAny("x"));
  CHECK_FALSE(kDigits.HasAny(""));
}

}  // namespace
}  // namespace ipfs_peer_exporter
