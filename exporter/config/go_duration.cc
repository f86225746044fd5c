#include "exporter/config/go_duration.h"

#include <charconv>

namespace ipfs_peer_exporter {
namespace {

constexpr struct {
  std::string_view name;
  double seconds;
} kUnits[] = {{"ns", 1e-9}, {"us", 1e-6}, {"\u00b5s", 1e-6}, {"\u03bcs", 1e-6},
              {"ms", 1e-3}, {"s", 1},     {"m", 60},         {"h", 3600}};
constexpr double kMaxSeconds = 24 * 3600;

// The seconds of the unit at the front of `text`, which is removed; 0 if there
// is none.
double TakeUnit(std::string_view& text) {
  for (const auto& unit : kUnits) {
    if (!text.starts_with(unit.name)) continue;
    text.remove_prefix(unit.name.size());
    return unit.seconds;
  }
  return 0;
}

}  // namespace

std::optional<Duration> ParseGoDuration(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration::zero();
  if (text.empty()) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    if (text.front() == '-') return std::nullopt;  // from_chars takes it
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number,
                        std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const double seconds = TakeUnit(text);
    // Written so that not-a-number is refused too.
    if (seconds == 0 || !(number * seconds <= kMaxSeconds)) return std::nullopt;
    total += number * seconds;
    if (total > kMaxSeconds) return std::nullopt;
  }
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(total));
}

}  // namespace ipfs_peer_exporter
