#include "adapters/ipfs/go_time.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("go_time: invalid times") {
  const std::string texts[] = {
      "",
      "now",
      "2026-11-22",
      "2026-11-22T15:26:08",
      "2026-11-22 15:26:08Z",
      "2026-11-22t15:26:08z",
      "2026-11-22T15:26Z",
      "2026-11-22T15:26:08.Z",
      "2026-11-22T15:26:08,5Z",
      "2026-11-22T15:26:08ZZ",
      "2026-11-22T15:26:08Z ",
      " 2026-11-22T15:26:08Z",
      "26-11-22T15:26:08Z",
      "+2026-11-22T15:26:08Z",
      "-026-11-22T15:26:08Z",
      "12026-11-22T15:26:08Z",
      "2026-1-22T15:26:08Z",
      "2026-13-22T15:26:08Z",
      "2026-00-22T15:26:08Z",
      "2026-11-00T15:26:08Z",
      "2026-11-31T15:26:08Z",
      "2026-02-29T15:26:08Z",
      "2026-11-22T24:26:08Z",
      "2026-11-22T15:60:08Z",
      "2026-11-22T15:26:61Z",
      "2026-11-22T15:26:08+01",
      "2026-11-22T15:26:08+0100",
      "2026-11-22T15:26:08 01:00",
      "2026-11-22T15:26:08+24:00",
      "2026-11-22T15:26:08-24:00",
      "2026-11-22T15:26:08-99:99",
      "2026-11-22T15:26:08+-1:00",
      "2026-11-22T15:26:0\xC2\xB2Z",
  };
  for (const auto& text : texts) {
    CAPTURE(text);
    CHECK_FALSE(GoTimeSeconds(text));
  }
}

TEST_CASE("go_time: the zero time is never") {
  CHECK_FALSE(GoTimeSeconds("0001-01-01T00:00:00Z"));
  CHECK_FALSE(GoTimeSeconds("0001-12-31T23:59:59.999999999Z"));
  CHECK_FALSE(GoTimeSeconds("0000-01-01T00:00:00Z"));
}

TEST_CASE("go_time: seconds since 1970") {
  struct Row {
    std::string text;
    double seconds;
  };
  const Row rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1969-12-31T23:59:59Z", -1},
      {"2026-11-22T15:26:08Z", 1795361168},
      {"2026-11-22T16:26:08+01:00", 1795361168},
      {"2026-11-22T10:56:08-04:30", 1795361168},
      {"2026-11-23T15:25:08+23:59", 1795361168},
      {"2024-02-29T12:00:00Z", 1709208000},
      {"2016-12-31T23:59:60Z", 1483228800},
      {"9999-12-31T23:59:59Z", 253402300799},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    REQUIRE(GoTimeSeconds(row.text));
    CHECK(*GoTimeSeconds(row.text) == row.seconds);
  }
}

TEST_CASE("go_time: parts of a second") {
  const auto near = [](double seconds) {
    return doctest::Approx(seconds).epsilon(1e-15);
  };
  CHECK(GoTimeSeconds("2026-11-22T15:26:08.5Z") == near(1795361168.5));
  CHECK(GoTimeSeconds("2026-11-22T15:26:08.016557684Z") ==
        near(1795361168.016557684));
  CHECK(GoTimeSeconds("2026-11-22T16:26:08.25+01:00") == near(1795361168.25));
  CHECK(GoTimeSeconds("1970-01-01T00:00:00." + std::string(1000, '9') + "Z") ==
        near(1));
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
