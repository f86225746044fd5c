#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <functional>
#include <map>
#include <optional>
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
inline constexpr auto kSummary = prometheus::MetricType::Summary;
inline constexpr auto kUntyped = prometheus::MetricType::Untyped;

// The type of the family of that name, if there is one.
using TypeOf =
    std::function<std::optional<prometheus::MetricType>(std::string_view name)>;

// Whether a family among those that `type_of` knows is printed under `name`
// too: x_count of the histogram or summary x.
bool IsPartOfFamily(std::string_view name, const TypeOf& type_of);

// Whether one of them is named as a part of the family `name` of that `type`
// would be.
bool HasPartsAmong(std::string_view name, prometheus::MetricType type,
                   const TypeOf& type_of);

using Labels = std::vector<prometheus::ClientMetric::Label>;

// What tells a series from others; the labels are in order.
std::string SeriesKey(std::string_view name, const Labels& labels);

// Collects samples into families, in the order of their first sample.
class Families {
 public:
  void Add(const Family& family, double value, Labels labels = {});
  void Add(const Family& family, prometheus::ClientMetric::Histogram histogram,
           Labels labels = {});
  void Add(const Family& family, prometheus::ClientMetric::Summary summary,
           Labels labels = {});

  // Replaces the value of what was added as the `at`th of the family, which is
  // neither histogram nor summary.
  void SetValue(std::string_view family, std::size_t at, double value);
  // How many were added of that name.
  std::size_t Count(std::string_view family) const;

  const std::vector<prometheus::MetricFamily>& list() const { return list_; }

 private:
  prometheus::ClientMetric& NewMetric(const Family& family, Labels labels);

  std::vector<prometheus::MetricFamily> list_;
  std::map<std::string, std::size_t, std::less<>> index_;
};

}  // namespace ipfs_peer_exporter
