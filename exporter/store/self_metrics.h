#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "adapters/families.h"
#include "exporter/store/collector_state.h"

// What the exporter says of itself: ipfs_peer_exporter_* and process_*.
namespace ipfs_peer_exporter {

// Counts answers to scrapes, on any thread.
class ScrapeCounter {
 public:
  using Map = std::map<std::pair<std::string, int>, std::uint64_t>;

  void Count(const std::string& page, int code);
  Map Counts() const;

 private:
  mutable std::mutex mutex_;
  Map counts_;
};

// How the polls of one collector went.
Families CollectorMetrics(const CollectorState& collector);

// build_info and process_*; what /proc does not tell is absent.
Families ProcessMetrics();

Families ScrapeMetrics(const ScrapeCounter::Map& counts);

// All of them, for docs and tests.
std::span<const Family> SelfMetricFamilies();

}  // namespace ipfs_peer_exporter
