#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "adapters/families.h"
#include "exporter/store/collector_state.h"

// The exporter's own metrics: ipfs_peer_exporter_* and process_*.
namespace ipfs_peer_exporter {

// Counts answered scrapes by page, HTTP status code and the format that the
// client prefers, including error responses. Thread-safe.
class ScrapeCounter {
 public:
  struct Key {
    std::string page;
    int code;
    Format format;
    auto operator<=>(const Key&) const = default;
  };
  using Map = std::map<Key, std::uint64_t>;

  void Count(const std::string& page, int code, Format format);
  Map Counts() const;

 private:
  mutable std::mutex mutex_;
  Map counts_;
};

// The outcome of the polls of one collector.
Families CollectorMetrics(const CollectorState& collector);

// build_info and process_*, from proc(5); a value that cannot be read is
// absent.
Families ProcessMetrics();

// The outcome of the reloads so far. The start is a reload that succeeded.
struct ReloadState {
  bool successful = true;   // the last one
  double last_success = 0;  // seconds since 1970
};
Families ReloadMetrics(const ReloadState& state);

// The number of answered scrapes.
Families ScrapeMetrics(const ScrapeCounter::Map& counts);

// Whether the last reload of the web configuration succeeded.
Families WebConfigMetrics(bool successful);

// The families of all functions above, for docs and tests.
std::span<const Family> SelfMetricFamilies();

}  // namespace ipfs_peer_exporter
