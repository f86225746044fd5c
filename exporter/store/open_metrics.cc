#include "exporter/store/open_metrics.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "adapters/families.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";
constexpr std::string_view kInfo = "_info";
constexpr std::string_view kCreated = "_created";

// https://prometheus.io/docs/practices/naming/#base-units
constexpr std::string_view kUnits[] = {"amperes", "bytes",   "celsius",
                                       "grams",   "joules",  "meters",
                                       "ratio",   "seconds", "volts"};

// Types with names that are not the family's.
constexpr struct {
  MetricType type;
  std::string_view suffix;
} kSamples[] = {{kHistogram, "_bucket"}, {kHistogram, "_sum"},
                {kHistogram, "_count"},  {kHistogram, kCreated},
                {kSummary, "_sum"},      {kSummary, "_count"},
                {kSummary, kCreated}};

// The suffix of the samples that the family's name does not have; empty if it
// has the name of its samples.
std::string_view SuffixOf(std::string_view name, MetricType type) {
  const auto suffix = type == kCounter ? kTotal
                      : type == kGauge ? kInfo
                                       : std::string_view{};
  const bool has = name.ends_with(suffix) && name.size() > suffix.size();
  return has ? suffix : std::string_view{};
}

std::optional<std::string_view> UnitOf(std::string_view name) {
  for (const auto unit : kUnits) {
    if (!name.ends_with(unit)) continue;
    name.remove_suffix(unit.size());
    if (name.ends_with('_')) return unit;
    return std::nullopt;
  }
  return std::nullopt;
}

bool Fits(const ClientMetric::Histogram& histogram) {
  const auto& buckets = histogram.bucket;
  if (buckets.empty() || buckets.back().upper_bound != INFINITY ||
      buckets.back().cumulative_count != histogram.sample_count) {
    return false;
  }
  const auto is_before = [](const auto& one, const auto& next) {
    return one.upper_bound < next.upper_bound &&
           one.cumulative_count <= next.cumulative_count;
  };
  const auto disorder = std::ranges::adjacent_find(
      buckets, [&](const auto& a, const auto& b) { return !is_before(a, b); });
  // A sum of observations that may be negative could fall, which a sum here
  // must not.
  return disorder == buckets.end() && buckets.front().upper_bound >= 0 &&
         histogram.sample_sum >= 0;
}

bool Fits(const ClientMetric::Summary& summary) {
  return summary.sample_sum >= 0 &&
         std::ranges::all_of(summary.quantile, [](const auto& quantile) {
           return quantile.quantile >= 0 && quantile.quantile <= 1 &&
                  !(quantile.value < 0);  // NaN is allowed
         });
}

std::string_view TypeName(MetricType type, bool keeps_type, bool is_info) {
  if (type == kGauge) return keeps_type && is_info ? "info" : "gauge";
  if (!keeps_type) return "unknown";
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Summary:
      return "summary";
    default:
      return "unknown";
  }
}

}  // namespace

OpenMetricsRules::OpenMetricsRules(std::string_view name, MetricType type)
    : type_(type) {
  const auto suffix = SuffixOf(name, type);
  has_rules_ = type != kUntyped && (type != kGauge || !suffix.empty());
  allow_name_ = type != kCounter || !suffix.empty();
  // Prometheus leaves out samples of this name, as times of creation.
  if (type == kSummary && name.ends_with(kCreated)) allow_name_ = false;
}

bool OpenMetricsRules::Check(const ClientMetric& metric) const {
  switch (type_) {
    case MetricType::Counter:
      return metric.counter.value >= 0;
    case MetricType::Gauge:
      return metric.gauge.value == 1;  // of an info
    case MetricType::Histogram:
      return Fits(metric.histogram);
    case MetricType::Summary:
      return Fits(metric.summary);
    case MetricType::Untyped:
      break;
  }
  return true;
}

std::vector<std::string> OpenMetricsNames(const RenderedFamily& family) {
  std::vector<std::string> names{family.name};
  const auto suffix = SuffixOf(family.name, family.type);
  if (!suffix.empty()) {
    names.push_back(family.name.substr(0, family.name.size() - suffix.size()));
    if (family.type == kCounter) {
      names.push_back(names.back() + std::string(kCreated));
    }
  }
  for (const auto& row : kSamples) {
    if (row.type == family.type) {
      names.push_back(family.name + std::string(row.suffix));
    }
  }
  return names;
}

void AppendOpenMetricsHeader(std::string& page, std::string_view name,
                             MetricType type, bool keeps_type,
                             std::string_view help) {
  const auto suffix = keeps_type ? SuffixOf(name, type) : std::string_view{};
  const bool is_info = suffix == kInfo;
  name.remove_suffix(suffix.size());
  page.append("# TYPE ").append(name).append(" ");
  page.append(TypeName(type, keeps_type, is_info)).append("\n");
  if (const auto unit = UnitOf(name); unit && !is_info) {
    page.append("# UNIT ").append(name).append(" ").append(*unit).append("\n");
  }
  page.append("# HELP ").append(name).append(" ");
  for (const char c : help) {  // quotes are escaped as well
    if (c == '"') page += '\\';
    page += c;
  }
  page += '\n';
}

}  // namespace ipfs_peer_exporter
