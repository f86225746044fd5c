#include "exporter/base/units.h"

#include <charconv>
#include <optional>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;

struct TimeUnit {
  std::string_view name;
  std::int64_t ms;
};
constexpr TimeUnit kTimeUnits[] = {
    {"h", 3'600'000}, {"ms", 1}, {"m", 60'000}, {"s", 1000}};
constexpr std::int64_t kMaxMs = 24 * 3'600'000;

struct SizeUnit {
  std::string_view name;
  std::int64_t bytes;
};
constexpr SizeUnit kSizeUnits[] = {
    {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}};
constexpr std::int64_t kMaxSize = 256 * 1024 * 1024;

Error Bad(std::string message) { return {Reason::kParse, std::move(message)}; }

// Takes the digits at the front of `text`.
std::optional<std::int64_t> TakeNumber(std::string_view& text) {
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

}  // namespace

Result<Duration> ParseDuration(std::string_view text) {
  const auto bad = [&] {
    return Bad(
        "\"" + std::string(text) +
        "\" is not a duration such as 200ms, 10s, 1m30s or 2h (more than 0, at most 24h)");
  };
  auto rest = text;
  std::int64_t total = 0;
  while (!rest.empty()) {
    const auto number = TakeNumber(rest);
    const TimeUnit* unit = nullptr;
    for (const auto& candidate : kTimeUnits) {
      if (unit == nullptr && rest.starts_with(candidate.name)) {
        unit = &candidate;
      }
    }
    if (!number || unit == nullptr || *number > kMaxMs) return bad();
    total += *number * unit->ms;
    if (total > kMaxMs) return bad();
    rest.remove_prefix(unit->name.size());
  }
  if (total == 0) return bad();
  return Duration(milliseconds(total));
}

Result<std::size_t> ParseSize(std::string_view text) {
  auto rest = text;
  const auto number = TakeNumber(rest);
  for (const auto& unit : kSizeUnits) {
    if (!number || rest != unit.name) continue;
    if (*number > 0 && *number <= kMaxSize / unit.bytes) {
      return static_cast<std::size_t>(*number * unit.bytes);
    }
  }
  return Bad(
      "\"" + std::string(text) +
      "\" is not a size such as 4096, 64KiB or 1MiB (more than 0, at most 256MiB)");
}

std::string FormatDuration(Duration duration) {
  auto ms = std::chrono::duration_cast<milliseconds>(duration).count();
  std::string text;
  for (const auto& unit :
       {kTimeUnits[0], kTimeUnits[2], kTimeUnits[3], kTimeUnits[1]}) {
    if (ms < unit.ms) continue;
    text += std::to_string(ms / unit.ms);
    text += unit.name;
    ms %= unit.ms;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace ipfs_peer_exporter
