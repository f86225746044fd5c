#include "adapters/ipfs/go_duration.h"

#include <charconv>

namespace ipfs_peer_exporter::ipfs {
namespace {

struct Unit {
  std::string_view name;
  double seconds;
};

// The first match is used, so "ms" precedes "m" and "s".
constexpr Unit kUnits[] = {
    {"ns", 1e-9}, {"us", 1e-6}, {"\u00B5s", 1e-6}, {"\u03BCs", 1e-6},
    {"ms", 1e-3}, {"h", 3600},  {"m", 60},         {"s", 1},
};

}  // namespace

std::optional<double> GoDurationSeconds(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (text == "0") return 0;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number,
                        std::chars_format::fixed);
    if (error != std::errc{} || !(number >= 0)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const Unit* unit = nullptr;
    for (const auto& candidate : kUnits) {
      if (text.starts_with(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (unit == nullptr) return std::nullopt;
    total += number * unit->seconds;
    text.remove_prefix(unit->name.size());
  }
  if (!(total - total == 0)) return std::nullopt;  // infinite
  return total;
}

}  // namespace ipfs_peer_exporter::ipfs
