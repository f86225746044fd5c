#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ipfs_peer_exporter {

// A family of the catalogue: one row of docs/metrics.md.
struct Family {
  std::string_view name;
  prometheus::MetricType type;
  std::string_view help;  // names the call and the field it comes from
};

inline constexpr auto kCounter = prometheus::MetricType::Counter;
inline constexpr auto kGauge = prometheus::MetricType::Gauge;
inline constexpr auto kHistogram = prometheus::MetricType::Histogram;

using Labels = std::vector<prometheus::ClientMetric::Label>;

// Collects samples into families, in the order of their first sample.
class Families {
 public:
  void Add(const Family& family, double value, Labels labels = {});
  void Add(const Family& family, prometheus::ClientMetric::Histogram histogram,
           Labels labels = {});

  const std::vector<prometheus::MetricFamily>& list() const { return list_; }

 private:
  prometheus::ClientMetric& NewMetric(const Family& family, Labels labels);

  std::vector<prometheus::MetricFamily> list_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace ipfs_peer_exporter
