#include "adapters/ipfs/restarts.h"

#include <algorithm>

namespace ipfs_peer_exporter::ipfs {

// What was seen before says nothing about the new process.
void RestartDetector::Restarted() {
  ++count_;
  version_.clear();
  counters_.clear();
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
  const bool restarted =
      std::ranges::any_of(families.list(), [&](const auto& family) {
        if (!is_plain_counter(family)) return false;
        const auto before = counters_.find(family.name);
        return before != counters_.end() && value_of(family) < before->second;
      });
  if (restarted) Restarted();
  for (const auto& family : families.list()) {
    if (is_plain_counter(family)) counters_[family.name] = value_of(family);
  }
  return restarted;
}

}  // namespace ipfs_peer_exporter::ipfs
