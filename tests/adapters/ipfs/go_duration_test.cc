#include "adapters/ipfs/go_duration.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("go_duration: durations as Go prints them") {
  struct Row {
    std::string text;
    double seconds;
  };
  const Row rows[] = {
      {"0s", 0},
      {"0", 0},
      {"1ns", 1e-9},
      {"506.365\u00B5s", 0.000506365},  // micro sign, which Go writes
      {"506.365\u03BCs", 0.000506365},  // Greek mu
      {"506.365us", 0.000506365},
      {"1.262154ms", 0.001262154},
      {"1s", 1},
      {"1m2.5s", 62.5},
      {"1h0m0s", 3600},
      {"2562047h47m16.854775807s", 9223372036.854775807},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto seconds = GoDurationSeconds(row.text);
    REQUIRE(seconds);
    CHECK(*seconds == doctest::Approx(row.seconds).epsilon(1e-12));
  }
}

TEST_CASE("go_duration: invalid durations") {
  const std::string texts[] = {"",     "n/a",  "1",     "s",       "1x",
                               "1 s",  " 1s",  "1s ",   "-1s",     "+1s",
                               "1s2",  "1d",   "1m-2s", "infs",    "nans",
                               "0x1s", "1e2s", "..s",   "1\u00B5", "1 \u00B5s"};
  for (const auto& text : texts) {
    CAPTURE(text);
    CHECK_FALSE(GoDurationSeconds(text));
  }
}

TEST_CASE("go_duration: a duration that exceeds a double is invalid") {
  CHECK_FALSE(GoDurationSeconds(std::string(400, '9') + "h"));
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
