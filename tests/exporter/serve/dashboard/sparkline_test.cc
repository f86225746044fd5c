#include "exporter/serve/dashboard/sparkline.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::seconds;

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

History::Trend Empty(bool is_increase) {
  History::Trend trend;
  trend.is_increase = is_increase;
  trend.values.fill(kNan);
  return trend;
}

// The values are the last steps.
History::Trend With(bool is_increase, std::initializer_list<float> values) {
  auto trend = Empty(is_increase);
  std::copy(values.begin(), values.end(),
            trend.values.end() - static_cast<std::ptrdiff_t>(values.size()));
  return trend;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("sparkline: a gauge ends with its present value") {
  const auto line = MakeLine(With(false, {1, 1, 1, 2, 2, 2}), 9, seconds(10));
  CHECK(line.points[58] == 1);
  CHECK(line.points[59] == 9);
  CHECK(Describe(line, Unit::kNone) == "min 1, max 9, now 9");
}

TEST_CASE("sparkline: a counter is drawn per second, over its interval") {
  // Polled each minute: an increase of 60 in one of six steps.
  const auto trend =
      With(true, {60, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0, 60, 0, 0, 0, 0, 0});
  const auto line = MakeLine(trend, 1e6, seconds(60));
  CHECK(line.is_rate);
  CHECK(line.points[59] == 1);
  CHECK(line.points[58] == 1);
  CHECK(line.now == 1);
}

TEST_CASE("sparkline: runs of equal points are one step, gaps begin anew") {
  auto trend = Empty(false);
  for (std::size_t i = 0; i < 30; ++i) trend.values[i] = 1;
  const auto line = MakeLine(trend, 2, seconds(10));
  const auto svg = Svg(line, Unit::kNone, "spark", false);
  CHECK(Has(svg, "d=\"M1 22h18M119 2h1\""));
}

TEST_CASE("sparkline: no values") {
  const auto line = MakeLine(Empty(true), 0, seconds(10));
  CHECK(line.is_empty());
  const auto svg = Svg(line, Unit::kNone, "spark", true);
  CHECK(Has(svg, "<title>no values yet</title>"));
  CHECK_FALSE(Has(svg, "<path"));
}

TEST_CASE("sparkline: infinite values are not drawn") {
  const auto infinite = std::numeric_limits<float>::infinity();
  const auto line =
      MakeLine(With(false, {infinite, infinite, infinite, 1, 1, 1}), infinite,
               seconds(10));
  CHECK(line.is_empty());
}

TEST_CASE("sparkline: block characters") {
  auto trend = Empty(false);
  for (std::size_t i = 90; i < 180; ++i) {
    trend.values[i] = static_cast<float>(i);
  }
  const auto line = MakeLine(trend, 180, seconds(10));
  CHECK(Blocks(line, 4) == "  ▃▆");
}

}  // namespace
}  // namespace ipfs_peer_exporter
