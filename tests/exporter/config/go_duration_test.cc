#include "exporter/config/go_duration.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("Go duration: what time.ParseDuration reads") {
  using namespace std::chrono_literals;
  const std::pair<std::string, Duration> rows[] = {
      {"0", 0s},      {"1s", 1s},     {"+2s", 2s},         {"1.5s", 1500ms},
      {"1m30s", 90s}, {"20us", 20us}, {"20\u00b5s", 20us}, {"100ns", 100ns},
      {"2h", 2h},     {".5s", 500ms}, {"24h", 24h},        {"0s", 0s}};
  for (const auto& [text, duration] : rows) {
    CAPTURE(text);
    CHECK(ParseGoDuration(text) == duration);
  }
}

TEST_CASE("Go duration: other texts") {
  for (const auto* text : {"", "1", "s", "1 s", "-1s", "1s-1s", "+", "1e3s",
                           "nans", "infs", "25h", "24h1ns", "1d", "0x1s"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseGoDuration(text));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
