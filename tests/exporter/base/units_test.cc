#include "exporter/base/units.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("units: durations") {
  struct Row {
    std::string text;
    Duration duration;
  };
  const Row rows[] = {
      {"1ms", milliseconds(1)},
      {"200ms", milliseconds(200)},
      {"10s", seconds(10)},
      {"90s", seconds(90)},
      {"1m30s", seconds(90)},
      {"5m", minutes(5)},
      {"2h", hours(2)},
      {"1h1m1s1ms", hours(1) + minutes(1) + seconds(1) + milliseconds(1)},
      {"0s1ms", milliseconds(1)},
      {"007s", seconds(7)},
      {"24h", hours(24)},
      {"86400000ms", hours(24)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto duration = ParseDuration(row.text);
    REQUIRE(duration);
    CHECK((*duration == row.duration));
  }
}

TEST_CASE("units: invalid durations") {
  const std::string texts[] = {"",
                               "10",
                               "s",
                               "ten",
                               "10 s",
                               " 10s",
                               "10s ",
                               "-1s",
                               "+1s",
                               "1.5s",
                               "1d",
                               "10S",
                               "1us",
                               "0s",
                               "0ms",
                               "24h1ms",
                               "25h",
                               "1s1",
                               "1e3s",
                               "0x1s",
                               "1m-1s",
                               "10000000000000000000s",
                               "9223372036854775807h"};
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto duration = ParseDuration(text);
    REQUIRE_FALSE(duration);
    CHECK(duration.error().message.starts_with("\"" + text + "\" is not"));
  }
}

TEST_CASE("units: a duration is printed in its largest units") {
  struct Row {
    Duration duration;
    std::string text;
  };
  const Row rows[] = {
      {milliseconds(200), "200ms"},
      {seconds(10), "10s"},
      {seconds(90), "1m30s"},
      {hours(2), "2h"},
      {milliseconds(1500), "1s500ms"},
      {seconds(3601), "1h1s"},
      {hours(24), "24h"},
      {Duration(0), "0s"},
      {std::chrono::microseconds(1), "0s"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(FormatDuration(row.duration) == row.text);
  }
}

TEST_CASE("units: printed durations can be parsed") {
  for (const auto ms : {1, 999, 1000, 61'001, 3'600'000, 86'399'999}) {
    const Duration duration = milliseconds(ms);
    const auto back = ParseDuration(FormatDuration(duration));
    REQUIRE(back);
    CHECK((*back == duration));
  }
}

TEST_CASE("units: seconds are a double") {
  CHECK(Seconds(milliseconds(1500)) == 1.5);
}

TEST_CASE("units: sizes") {
  struct Row {
    std::string text;
    std::size_t bytes;
  };
  const Row rows[] = {
      {"1", 1},
      {"4096", 4096},
      {"4096B", 4096},
      {"64KiB", 65536},
      {"1MiB", 1048576},
      {"256MiB", 268435456},
      {"262144KiB", 268435456},
      {"268435456", 268435456},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto size = ParseSize(row.text);
    REQUIRE(size);
    CHECK(*size == row.bytes);
  }
}

TEST_CASE("units: invalid sizes") {
  const std::string texts[] = {"",           "0",
                               "0MiB",       "-1",
                               "+1",         "1.5MiB",
                               "MiB",        "1 MiB",
                               " 1",         "1mib",
                               "1MB",        "1M",
                               "1K",         "1GiB",
                               "1KiB1",      "257MiB",
                               "268435457",  "99999999999999999999",
                               "4294967297", "4294967297KiB"};
  for (const auto& text : texts) {
    CAPTURE(text);
    const auto size = ParseSize(text);
    REQUIRE_FALSE(size);
    CHECK(size.error().message.starts_with("\"" + text + "\" is not"));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
