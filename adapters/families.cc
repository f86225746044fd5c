#include "adapters/families.h"

#include <utility>

namespace ipfs_peer_exporter {

prometheus::ClientMetric& Families::NewMetric(const Family& family,
                                              Labels labels) {
  auto found = index_.find(family.name);
  if (found == index_.end()) {
    found = index_.emplace(family.name, list_.size()).first;
    list_.push_back(
        {std::string(family.name), std::string(family.help), family.type, {}});
  }
  auto& metric = list_[found->second].metric.emplace_back();
  metric.label = std::move(labels);
  return metric;
}

void Families::Add(const Family& family, double value, Labels labels) {
  auto& metric = NewMetric(family, std::move(labels));
  if (family.type == kCounter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

void Families::Add(const Family& family,
                   prometheus::ClientMetric::Histogram histogram,
                   Labels labels) {
  NewMetric(family, std::move(labels)).histogram = std::move(histogram);
}

}  // namespace ipfs_peer_exporter
