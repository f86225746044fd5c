#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "exporter/base/units.h"
#include "exporter/serve/dashboard/readable.h"
#include "exporter/store/history.h"

namespace ipfs_peer_exporter {

// The last 30 minutes of one series, ready to be drawn: the values of a gauge,
// or the increase of a counter per second.
struct Line {
  static constexpr std::size_t kPoints = 60;  // 30 s each

  // The oldest first; NaN: not known.
  std::array<float, kPoints> points;
  bool is_rate = false;
  double min = 0;
  double max = 0;
  double now = 0;  // NaN: not known

  bool is_empty() const { return !(min <= max); }
};

// `value` is the present one. The rate of a counter is the average over
// `interval`, the time between two polls.
Line MakeLine(const History::Trend& trend, double value, Duration interval);

// "min 1, max 3, now 2"; per second for a rate.
std::string Describe(const Line& line, Unit unit);

// An <svg> with `kind` as its class: an element of its own, scaled by the style
// sheet. An `area` is filled down to zero or to the smallest value.
std::string Svg(const Line& line, Unit unit, const char* kind, bool area);

// The line in block characters, `width` of them; a blank where it is not known.
std::string Blocks(const Line& line, std::size_t width);

}  // namespace ipfs_peer_exporter
