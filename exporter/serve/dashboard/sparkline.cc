#include "exporter/serve/dashboard/sparkline.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace ipfs_peer_exporter {
namespace {

constexpr std::size_t kSteps = History::kSteps;
constexpr std::size_t kPerPoint = kSteps / Line::kPoints;
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr int kHeight = 24;  // of the drawing; a point is 2 wide
constexpr int kMargin = 2;

// The mean of the known values; NaN if there are none.
float Mean(std::span<const float> values) {
  float sum = 0;
  int count = 0;
  for (const float value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? kNan : sum / static_cast<float>(count);
}

void FindLimits(Line& line) {
  line.min = std::numeric_limits<double>::infinity();
  line.max = -line.min;
  const auto include = [&line](double value) {
    if (!std::isfinite(value)) return;
    line.min = std::min(line.min, value);
    line.max = std::max(line.max, value);
  };
  std::ranges::for_each(line.points, include);
  include(line.now);
}

// The height of a value above the bottom, from 0 to 1.
double HeightOf(const Line& line, double value) {
  const double bottom = line.is_rate ? std::min(0.0, line.min) : line.min;
  const double range = line.max - bottom;
  if (range <= 0) return line.is_rate ? 0 : 0.5;
  return (value - bottom) / range;
}

int YOf(const Line& line, double value) {
  const double height = HeightOf(line, value) * (kHeight - 2 * kMargin);
  return kHeight - kMargin - static_cast<int>(std::lround(height));
}

void AppendStep(std::string& path, int dx, int dy) {
  if (dx == 0) return;
  if (dy == 0) {
    path.append("h").append(std::to_string(dx));
  } else {
    path.append("l").append(std::to_string(dx));
    path.append(dy < 0 ? "" : " ").append(std::to_string(dy));
  }
}

// Draws each run of known points; runs of equal ones become one step.
class PathMaker {
 public:
  explicit PathMaker(const Line& line) {
    for (std::size_t i = 0; i < Line::kPoints; ++i) {
      const double value = line.points[i];
      if (std::isfinite(value)) {
        Add(static_cast<int>(2 * i) + 1, YOf(line, value));
      } else {
        End();
      }
    }
    End();
  }

  const std::string& line() const { return line_; }
  const std::string& area() const { return area_; }

 private:
  void Add(int x, int y) {
    if (!drawing_) {
      run_ = "M" + std::to_string(x) + " " + std::to_string(y);
      first_ = last_ = x;
      y_ = y;
      drawing_ = true;
    } else if (y != y_) {
      AppendStep(run_, x - 2 - last_, 0);
      AppendStep(run_, 2, y - y_);
      last_ = x;
      y_ = y;
    }
    end_ = x;
  }

  void End() {
    if (!drawing_) return;
    // A single point becomes a dot.
    AppendStep(run_, end_ == first_ ? 1 : end_ - last_, 0);
    line_ += run_;
    if (end_ != first_) {
      area_ += run_ + "V" + std::to_string(kHeight) + "H" +
               std::to_string(first_) + "z";
    }
    drawing_ = false;
  }

  std::string line_;
  std::string area_;
  std::string run_;
  bool drawing_ = false;
  int first_ = 0;  // where the run begins
  int last_ = 0;   // where it is drawn to
  int end_ = 0;    // where it ends so far
  int y_ = 0;
};

}  // namespace

Line MakeLine(const History::Trend& trend, double value, Duration interval) {
  Line line;
  line.is_rate = trend.is_increase;
  const std::span<const float> values(trend.values);
  constexpr double kStep =
      std::chrono::duration<double>(History::kStep).count();
  const auto polls =
      static_cast<std::size_t>(std::ceil(Seconds(interval) / kStep));
  const auto window = std::clamp(polls, kPerPoint, kSteps);
  for (std::size_t i = 0; i < Line::kPoints; ++i) {
    const auto end = (i + 1) * kPerPoint;
    line.points[i] = Mean(values.subspan(end - kPerPoint, kPerPoint));
    if (!line.is_rate || std::isnan(line.points[i])) continue;
    const auto begin = end < window ? 0 : end - window;
    line.points[i] =
        Mean(values.subspan(begin, end - begin)) / static_cast<float>(kStep);
  }
  auto& last = line.points.back();
  if (!line.is_rate) last = static_cast<float>(value);
  line.now = line.is_rate ? double{last} : value;
  FindLimits(line);
  return line;
}

std::string Describe(const Line& line, Unit unit) {
  if (line.is_empty()) return "no values yet";
  if (unit == Unit::kTimestamp) return "last 30 minutes";
  const auto text = [&](double value) {
    return line.is_rate ? ReadableRate(value, unit) : Readable(value, unit, 0);
  };
  std::string all = "min " + text(line.min) + ", max " + text(line.max);
  if (!std::isnan(line.now)) all += ", now " + text(line.now);
  return all;
}

std::string Svg(const Line& line, Unit unit, const char* kind, bool area) {
  const PathMaker path(line);
  std::string svg = "<svg class=\"";
  svg.append(kind).append(
      "\" viewBox=\"0 0 120 24\" preserveAspectRatio=\"none\" "
      "role=\"img\"><title>");
  svg += Describe(line, unit) + "</title>";
  if (area && !path.area().empty()) {
    svg += "<path class=\"a\" d=\"" + path.area() + "\"/>";
  }
  if (!path.line().empty()) svg += "<path d=\"" + path.line() + "\"/>";
  return svg + "</svg>";
}

std::string Blocks(const Line& line, std::size_t width) {
  static constexpr const char* kBlocks[] = {"▁", "▂", "▃", "▄",
                                            "▅", "▆", "▇", "█"};
  std::string text;
  const std::span<const float> points(line.points);
  for (std::size_t i = 0; i < width; ++i) {
    const auto begin = i * points.size() / width;
    const auto end = std::max(begin + 1, (i + 1) * points.size() / width);
    const double value = Mean(points.subspan(begin, end - begin));
    if (!std::isfinite(value)) {
      text += ' ';
      continue;
    }
    const auto level = std::lround(HeightOf(line, value) * 7);
    text += kBlocks[std::clamp(level, 0L, 7L)];
  }
  return text;
}

}  // namespace ipfs_peer_exporter
