#include "adapters/ipfs/restarts.h"

namespace ipfs_peer_exporter::ipfs {

// What was seen before says nothing about the new process.
void RestartDetector::Restarted() {
  ++count_;
  version_.clear();
  counters_.clear();
}

void RestartDetector::ObserveVersion(const std::string& version) {
  if (!version_.empty() && version != version_) Restarted();
  version_ = version;
}

void RestartDetector::ObserveCounters(const Families& families) {
  const auto value_of = [](const prometheus::MetricFamily& family) {
    return family.metric.front().counter.value;
  };
  const auto is_plain_counter = [](const prometheus::MetricFamily& family) {
    return family.type == kCounter && family.metric.front().label.empty();
  };
  for (const auto& family : families.list()) {
    if (!is_plain_counter(family)) continue;
    const auto before = counters_.find(family.name);
    if (before != counters_.end() && value_of(family) < before->second) {
      Restarted();
      break;
    }
  }
  for (const auto& family : families.list()) {
    if (is_plain_counter(family)) counters_[family.name] = value_of(family);
  }
}

}  // namespace ipfs_peer_exporter::ipfs
