#include "adapters/peer/described.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/json.h"
#include "adapters/peer/json_values.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Value;

std::string_view TypeIn(const Value& metric) {
  return Text(Member(metric, "type"));
}

bool IsDistribution(std::string_view type) {
  return type == "histogram" || type == "summary";
}

// Appends the unit: training_duration and "seconds" become
// training_duration_seconds. The _total of a counter stays last.
std::string WithUnit(std::string name, std::string_view unit) {
  constexpr std::string_view kTotal = "_total";
  if (unit.empty()) return name;
  const bool total = name.ends_with(kTotal);
  if (total) name.resize(name.size() - kTotal.size());
  const auto suffix = "_" + std::string(unit);
  if (!name.ends_with(suffix)) name += suffix;
  return total ? name + std::string(kTotal) : name;
}

// The converted name with its unit; for an info, also with _info.
std::string NameOf(std::string_view written, std::string_view unit,
                   std::string_view type) {
  auto name = WithUnit(WithNameCharacters(written), WithNameCharacters(unit));
  if (type == "info" && !name.ends_with("info")) name += "_info";
  return name;
}

std::optional<Distribution> ReadDistribution(const Value& metric,
                                             std::string_view type) {
  const auto& sum = Member(metric, "sum");
  const auto& count = Member(metric, "count");
  return type == "histogram"
             ? ReadHistogram(Member(metric, "buckets"), sum, count)
             : ReadSummary(Member(metric, "quantiles"), sum, count);
}

// The value of a type other than histogram and summary; nullopt if it does not
// fit the type.
std::optional<double> ReadValue(const Value& metric, std::string_view type) {
  const auto& value = Member(metric, "value");
  if (type == "info") {
    return value.IsNull() ? std::optional(1.0) : std::nullopt;
  }
  const bool known = type.empty() || type == "counter" || type == "gauge";
  return known ? NumberOrBool(value) : std::nullopt;
}

prometheus::MetricType TypeOf(std::string_view type, std::string_view name) {
  if (type == "histogram") return kHistogram;
  if (type == "summary") return kSummary;
  if (type == "counter") return kCounter;
  return type.empty() ? TypeOfName(name) : kGauge;
}

// Returns whether all values are strings.
bool ReadLabels(const Value& labels, Sample& sample) {
  if (labels.IsNull()) return true;
  if (!labels.IsObject()) return false;
  for (const auto& member : labels.GetObject()) {
    if (!member.value.IsString()) return false;
    sample.labels.push_back(
        {std::string(Text(member.name)), std::string(Text(member.value))});
  }
  return true;
}

// The reason why a string cannot be served, or nullopt.
std::optional<SkipReason> ReadTexts(const Value& metric, std::string_view name,
                                    std::string_view type, Sample& sample) {
  const auto help = Text(Member(metric, "help"));
  const auto unit = Text(Member(metric, "unit"));
  if (!metric.IsObject()) return SkipReason::kType;
  if (name.empty()) return SkipReason::kName;
  if (!IsCleanUtf8(name) || !IsCleanUtf8(unit) || !IsCleanUtf8(help)) {
    return SkipReason::kEncoding;
  }
  sample.written = name;
  sample.name = NameOf(name, unit, type);
  sample.help = help;
  sample.type = TypeOf(type, sample.name);
  return std::nullopt;
}

class DescribedReader {
 public:
  explicit DescribedReader(Samples& samples) : samples_(samples) {}

  void Read(const Value& metrics) {
    for (const auto& metric : metrics.GetArray()) FindParts(metric);
    for (const auto& metric : metrics.GetArray()) ReadMetric(metric);
  }

 private:
  void FindParts(const Value& metric) {
    const auto type = TypeIn(metric);
    if (!IsDistribution(type)) return;
    const auto distribution = ReadDistribution(metric, type);
    if (distribution && !distribution->IsWhole()) {
      in_parts_.insert(NameOf(Text(Member(metric, "name")),
                              Text(Member(metric, "unit")), type));
    }
  }

  void ReadMetric(const Value& metric) {
    const auto name = Text(Member(metric, "name"));
    const auto type = TypeIn(metric);
    const auto skip = [&](SkipReason reason) {
      samples_.Skip(reason, name.empty() ? "metrics" : name);
    };
    Sample sample;
    if (const auto reason = ReadTexts(metric, name, type, sample))
      return skip(*reason);
    std::optional<Distribution> distribution;
    if (IsDistribution(type)) {
      distribution = ReadDistribution(metric, type);
      if (!distribution) return skip(SkipReason::kType);
    } else {
      const auto value = ReadValue(metric, type);
      if (!value) return skip(SkipReason::kType);
      sample.value = *value;
    }
    if (!ReadLabels(Member(metric, "labels"), sample)) {
      return skip(SkipReason::kLabel);
    }
    if (!distribution) return samples_.Add(std::move(sample));
    const bool in_parts = in_parts_.contains(sample.name);
    AddDistribution(*distribution, std::move(sample), in_parts, samples_);
  }

  Samples& samples_;
  std::set<std::string> in_parts_;  // families with an incomplete distribution
};

}  // namespace

void AddDescribed(const Value& metrics, Samples& samples) {
  DescribedReader(samples).Read(metrics);
}

}  // namespace ipfs_peer_exporter::peer
