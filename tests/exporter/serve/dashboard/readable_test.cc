#include "exporter/serve/dashboard/readable.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("readable: the unit is in the name") {
  CHECK(UnitOf("ipfs_repo_size_bytes") == Unit::kBytes);
  CHECK(UnitOf("x_bytes_total") == Unit::kBytes);
  CHECK(UnitOf("x_seconds_sum") == Unit::kSeconds);
  CHECK(UnitOf("x_timestamp_seconds") == Unit::kTimestamp);
  CHECK(UnitOf("process_start_time_seconds") == Unit::kTimestamp);
  CHECK(UnitOf("x_accuracy_ratio") == Unit::kRatio);
  CHECK(UnitOf("x_total") == Unit::kNone);
}

TEST_CASE("readable: numbers") {
  struct Row {
    double value;
    Unit unit;
    const char* text;
  };
  constexpr double kNow = 1732297200;
  for (const auto& row : {
           Row{0, Unit::kNone, "0"},
           Row{-7, Unit::kNone, "-7"},
           Row{12345, Unit::kNone, "12,345"},
           Row{-123456, Unit::kNone, "-123,456"},
           Row{999999, Unit::kNone, "999,999"},
           Row{1234567, Unit::kNone, "1.23 M"},
           Row{0.98765, Unit::kNone, "0.988"},
           Row{1.5, Unit::kNone, "1.50"},
           Row{1e300, Unit::kNone, "1e+300"},
           Row{512, Unit::kBytes, "512 B"},
           Row{1023.9, Unit::kBytes, "1 KiB"},
           Row{5.2e9, Unit::kBytes, "4.84 GiB"},
           Row{0.935, Unit::kRatio, "93.5 %"},
           Row{1, Unit::kRatio, "100 %"},
           Row{0, Unit::kSeconds, "0 s"},
           Row{0.00025, Unit::kSeconds, "250 µs"},
           Row{0.25, Unit::kSeconds, "250 ms"},
           Row{12, Unit::kSeconds, "12 s"},
           Row{200, Unit::kSeconds, "3m 20s"},
           Row{7500, Unit::kSeconds, "2h 5m"},
           Row{3600, Unit::kSeconds, "1h"},
           Row{90000, Unit::kSeconds, "1d 1h"},
           Row{-90, Unit::kSeconds, "-90 s"},
           Row{kNow - 300, Unit::kTimestamp, "5m ago"},
           Row{kNow + 300, Unit::kTimestamp, "in 5m"},
       }) {
    CHECK(Readable(row.value, row.unit, kNow) == row.text);
  }
}

TEST_CASE("readable: values that are not finite") {
  CHECK(Readable(std::nan(""), Unit::kBytes, 0) == "NaN");
  CHECK(Readable(std::numeric_limits<double>::infinity(), Unit::kSeconds, 0) ==
        "+Inf");
}

TEST_CASE("readable: rates") {
  CHECK(ReadableRate(2048, Unit::kBytes) == "2 KiB/s");
  CHECK(ReadableRate(0, Unit::kBytes) == "0 B/s");
  CHECK(ReadableRate(0.333333, Unit::kNone) == "0.333/s");
  CHECK(ReadableRate(std::nan(""), Unit::kNone) == "");
}

TEST_CASE("readable: ages are never negative") {
  CHECK(Age(100, 112.7) == "12 s");
  CHECK(Age(100, 50) == "0 s");
}

TEST_CASE("readable: dates") {
  CHECK(DateOf(1732297200) == "2024-11-22 17:40:00 UTC");
  CHECK(DateOf(-1) == "");
  CHECK(DateOf(1e300) == "");
}

}  // namespace
}  // namespace ipfs_peer_exporter
