#include "exporter/serve/dashboard/readable.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <span>

#include "adapters/number.h"

namespace ipfs_peer_exporter {
namespace {

struct Scale {
  double factor;
  std::string_view name;
};

constexpr Scale kBinary[] = {{1, "B"},
                             {1024.0, "KiB"},
                             {1048576.0, "MiB"},
                             {1073741824.0, "GiB"},
                             {1099511627776.0, "TiB"},
                             {1125899906842624.0, "PiB"}};
constexpr Scale kDecimal[] = {{1, ""},    {1e3, "k"},  {1e6, "M"},
                              {1e9, "G"}, {1e12, "T"}, {1e15, "P"}};

struct Ending {
  std::string_view text;
  Unit unit;
};

constexpr Ending kEndings[] = {{"_bytes", Unit::kBytes},
                               {"_timestamp_seconds", Unit::kTimestamp},
                               {"_time_seconds", Unit::kTimestamp},
                               {"_seconds", Unit::kSeconds},
                               {"_ratio", Unit::kRatio}};

template <typename... Values>
std::string Print(const char* format, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

// Three significant digits, without an exponent below 10^4.
std::string Digits(double value) {
  const double size = std::abs(value);
  if (size >= 100 || value == std::trunc(value)) return Print("%.0f", value);
  if (size >= 10) return Print("%.1f", value);
  if (size >= 1) return Print("%.2f", value);
  return Print("%.3g", value);
}

std::string Scaled(double value, std::span<const Scale> scales) {
  const auto* scale = &scales.front();
  for (const auto& next : scales) {
    // 999.5 would be printed as 1000.
    if (std::abs(value) >= 0.9995 * next.factor) scale = &next;
  }
  auto text = Digits(value / scale->factor);
  if (!scale->name.empty()) text.append(" ").append(scale->name);
  return text;
}

// A whole number below 10^6 with commas: 12,345.
std::string Grouped(double value) {
  auto text = Print("%.0f", value);
  const std::size_t first = value < 0 ? 1 : 0;
  for (auto at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string Plain(double value) {
  const double size = std::abs(value);
  if (value == std::trunc(value) && size < 1e6) return Grouped(value);
  if (size >= 1e18) return Print("%.3g", value);
  if (size >= 1e4) return Scaled(value, kDecimal);
  return size < 1 ? Print("%.3g", value) : Digits(value);
}

}  // namespace

Unit UnitOf(std::string_view name) {
  for (const std::string_view part : {"_total", "_sum"}) {
    if (name.ends_with(part)) name.remove_suffix(part.size());
  }
  for (const auto& ending : kEndings) {
    if (name.ends_with(ending.text)) return ending.unit;
  }
  return Unit::kNone;
}

std::string ReadableSpan(double seconds) {
  if (seconds < 0) return "-" + ReadableSpan(-seconds);
  if (seconds == 0) return "0 s";
  if (seconds < 1e-3) return Digits(seconds * 1e6) + " µs";
  if (seconds < 0.9995) return Digits(seconds * 1e3) + " ms";
  if (seconds < 99.95) return Digits(seconds) + " s";
  struct Step {
    double seconds;
    const char* name;
  };
  constexpr Step kSteps[] = {{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}};
  for (int i = 0; i < 3; ++i) {
    if (seconds < kSteps[i].seconds) continue;
    const double large = std::floor(seconds / kSteps[i].seconds);
    const double small = std::floor(std::fmod(seconds, kSteps[i].seconds) /
                                    kSteps[i + 1].seconds);
    if (large >= 1e4) return Plain(std::floor(large)) + " " + kSteps[i].name;
    auto text = Print("%.0f%s", large, kSteps[i].name);
    if (small > 0) text += Print(" %.0f%s", small, kSteps[i + 1].name);
    return text;
  }
  return "";
}

std::string Age(double then, double now) {
  return ReadableSpan(std::floor(std::max(0.0, now - then)));
}

std::string DateOf(double seconds) {
  if (!(seconds >= 0 && seconds < 1e11)) return "";
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text;
}

std::string Readable(double value, Unit unit, double now) {
  if (!std::isfinite(value)) {
    std::string text;
    AppendNumber(text, value);
    return text;
  }
  switch (unit) {
    case Unit::kBytes:
      return Scaled(value, kBinary);
    case Unit::kSeconds:
      return ReadableSpan(value);
    case Unit::kTimestamp:
      return value > now ? "in " + Age(now, value) : Age(value, now) + " ago";
    case Unit::kRatio:
      return (value == 0 || value == 1 ? Digits(value * 100)
                                       : Print("%.1f", value * 100)) +
             " %";
    case Unit::kNone:
      break;
  }
  return Plain(value);
}

std::string ReadableRate(double value, Unit unit) {
  if (std::isnan(value)) return "";
  if (unit == Unit::kTimestamp || unit == Unit::kRatio) unit = Unit::kNone;
  if (unit == Unit::kBytes && std::abs(value) < 10) {
    return Digits(std::round(value * 10) / 10) + " B/s";
  }
  return Readable(value, unit, 0) + "/s";
}

}  // namespace ipfs_peer_exporter
