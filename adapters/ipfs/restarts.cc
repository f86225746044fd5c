#include "adapters/ipfs/restarts.h"

#include <algorithm>
#include <utility>

namespace ipfs_peer_exporter::ipfs {

// Counts the restart and drops the values of the old process.
void RestartDetector::Restarted() {
  ++count_;
  ObserveReplacement();
}

void RestartDetector::ObserveOutage() {
  before_outage_.merge(std::exchange(counters_, {}));
}

void RestartDetector::ObserveReplacement() {
  version_.clear();
  counters_.clear();
  before_outage_.clear();
}

bool RestartDetector::ObserveVersion(const std::string& version) {
  const bool restarted = !version_.empty() && version != version_;
  if (restarted) Restarted();
  version_ = version;
  return restarted;
}

bool RestartDetector::ObserveCounters(const Families& families) {
  const auto value_of = [](const prometheus::MetricFamily& family) {
    return family.metric.front().counter.value;
  };
  const auto is_plain_counter = [](const prometheus::MetricFamily& family) {
    return family.type == kCounter && family.metric.front().label.empty();
  };
  const auto fell_since = [&](const Counters& counters) {
    return std::ranges::any_of(families.list(), [&](const auto& family) {
      if (!is_plain_counter(family)) return false;
      const auto before = counters.find(family.name);
      return before != counters.end() && value_of(family) < before->second;
    });
  };
  const bool restarted = fell_since(counters_);
  if (restarted) {
    Restarted();
  } else if (fell_since(before_outage_)) {
    ++count_;
    before_outage_.clear();
  }
  for (const auto& family : families.list()) {
    if (!is_plain_counter(family)) continue;
    counters_[family.name] = value_of(family);
    before_outage_.erase(family.name);
  }
  return restarted;
}

}  // namespace ipfs_peer_exporter::ipfs
