#include "adapters/families.h"

#include <algorithm>
#include <utility>

namespace ipfs_peer_exporter {
namespace {

struct Part {
  prometheus::MetricType type;
  std::string_view suffix;
};

// Suffixes of the series of histograms and summaries in the text format.
constexpr Part kParts[] = {{kHistogram, "_bucket"},
                           {kHistogram, "_sum"},
                           {kHistogram, "_count"},
                           {kSummary, "_sum"},
                           {kSummary, "_count"}};

}  // namespace

bool IsPartOfFamily(std::string_view name, const TypeOf& type_of) {
  return std::ranges::any_of(kParts, [&](const Part& part) {
    return name.ends_with(part.suffix) &&
           type_of(name.substr(0, name.size() - part.suffix.size())) ==
               part.type;
  });
}

bool HasPartsAmong(std::string_view name, prometheus::MetricType type,
                   const TypeOf& type_of) {
  return std::ranges::any_of(kParts, [&](const Part& part) {
    return part.type == type &&
           type_of(std::string(name) + std::string(part.suffix)).has_value();
  });
}

std::string SeriesKey(std::string_view name, const Labels& labels) {
  std::string key(name);
  for (const auto& label : labels) {
    key += '\0';
    key += label.name;
    key += '\0';
    key += label.value;
  }
  return key;
}

namespace {

double& ValueOf(prometheus::ClientMetric& metric, prometheus::MetricType type) {
  return type == kCounter ? metric.counter.value : metric.gauge.value;
}

}  // namespace

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
  ValueOf(NewMetric(family, std::move(labels)), family.type) = value;
}

void Families::SetValue(std::string_view family, std::size_t at, double value) {
  auto& of = list_[index_.find(family)->second];
  ValueOf(of.metric[at], of.type) = value;
}

std::size_t Families::Count(std::string_view family) const {
  const auto found = index_.find(family);
  return found == index_.end() ? 0 : list_[found->second].metric.size();
}

void Families::Add(const Family& family,
                   prometheus::ClientMetric::Histogram histogram,
                   Labels labels) {
  NewMetric(family, std::move(labels)).histogram = std::move(histogram);
}

void Families::Add(const Family& family,
                   prometheus::ClientMetric::Summary summary, Labels labels) {
  NewMetric(family, std::move(labels)).summary = std::move(summary);
}

}  // namespace ipfs_peer_exporter
