#pragma once

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/text_hash.h"

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

// Returns the type of the family `name`, or nullopt if there is none.
using TypeOf =
    std::function<std::optional<prometheus::MetricType>(std::string_view name)>;

// Whether a histogram or summary that `type_of` knows has series called `name`,
// such as x_count of x.
bool IsPartOfFamily(std::string_view name, const TypeOf& type_of);

// Whether `type_of` knows a family with the name of a series that the histogram
// or summary `name` would have, such as x_count for x.
bool HasPartsAmong(std::string_view name, prometheus::MetricType type,
                   const TypeOf& type_of);

using Labels = std::vector<prometheus::ClientMetric::Label>;

// A key that is unique to the series. `labels` must be sorted.
std::string SeriesKey(std::string_view name, const Labels& labels);

// Collects samples into families, in the order of their first sample.
class Families {
 public:
  void Add(const Family& family, double value, Labels labels = {});
  void Add(const Family& family, prometheus::ClientMetric::Histogram histogram,
           Labels labels = {});
  void Add(const Family& family, prometheus::ClientMetric::Summary summary,
           Labels labels = {});

  // Replaces the value of sample `at` (from 0) of a family that exists and is
  // neither a histogram nor a summary.
  void SetValue(std::string_view family, std::size_t at, double value);
  // The number of samples of the family.
  std::size_t Count(std::string_view family) const;

  const std::deque<prometheus::MetricFamily>& list() const { return list_; }

 private:
  prometheus::ClientMetric& NewMetric(const Family& family, Labels labels);

  std::deque<prometheus::MetricFamily> list_;
  TextMap<std::size_t> index_;
};

}  // namespace ipfs_peer_exporter
