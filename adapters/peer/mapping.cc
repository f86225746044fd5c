#include "adapters/peer/mapping.h"

#include <algorithm>
#include <utility>

#include "adapters/json.h"
#include "adapters/number.h"
#include "adapters/peer/distributions.h"
#include "adapters/peer/json.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Pointer;
using rapidjson::Value;

// Null, too, where there is nothing.
const Value& At(const Pointer& pointer, const Value& value) {
  static const Value kNothing;
  const auto* at = &value;
  const auto* token = pointer.GetTokens();
  const auto* const end = token + pointer.GetTokenCount();
  for (; token != end && !at->IsNull(); ++token) {
    const std::string_view name(token->name, token->length);
    if (!at->IsArray()) {
      at = &Member(*at, name);
      continue;
    }
    // An index that is none is beyond any array, and so is the last of nothing.
    const auto index = name == "-1" ? at->Size() - 1 : token->index;
    at = index < at->Size() ? &(*at)[index] : &kNothing;
  }
  return *at;
}

// A scalar as a label holds it.
std::optional<std::string> TextOf(const Value& value) {
  if (value.IsString()) return std::string(Text(value));
  if (value.IsBool()) return value.GetBool() ? "true" : "false";
  if (value.IsUint64()) return ToText(value.GetUint64());
  if (value.IsInt64()) return ToText(value.GetInt64());
  if (value.IsDouble()) return ToText(value.GetDouble());
  return std::nullopt;
}

std::optional<prometheus::ClientMetric::Histogram> ReadHistogram(
    const MappedMetric& metric, const Value& value) {
  const auto buckets = ReadBuckets(At(metric.buckets, value));
  const auto count = ReadCount(At(metric.count, value));
  const auto sum = Number(At(metric.sum, value));
  if (!buckets || !count || !sum) return std::nullopt;
  Buckets scaled;
  for (const auto& [bound, below] : *buckets) {
    if (!Put(scaled, bound * metric.scale, below)) return std::nullopt;
  }
  return MakeHistogram(std::move(scaled), *count, *sum * metric.scale);
}

class MappingReader {
 public:
  MappingReader(const Mapping& mapping, Samples& samples)
      : mapping_(mapping), samples_(samples), counts_(mapping.metrics.size()) {}

  void Read(const MappedRules& rules, const Value& element,
            const Labels& labels) {
    for (const auto index : rules.metrics) {
      ReadMetric(index, element, labels);
    }
    for (const auto& loop : rules.loops) ReadLoop(loop, element, labels);
  }

  std::vector<MappedCount> TakeCounts() { return std::move(counts_); }

 private:
  void ReadLoop(const MappedLoop& loop, const Value& element,
                const Labels& labels) {
    const auto& each = At(loop.each, element);
    if (each.IsArray()) {
      for (rapidjson::SizeType i = 0; i < each.Size(); ++i) {
        ReadElement(loop, ToText(i), each[i], labels);
      }
    } else if (each.IsObject()) {
      for (const auto& member : each.GetObject()) {
        ReadElement(loop, std::string(Text(member.name)), member.value, labels);
      }
    }
  }

  void ReadElement(const MappedLoop& loop, const std::string& key,
                   const Value& element, Labels labels) {
    const bool dropped = std::ranges::any_of(loop.drops, [&](const auto& drop) {
      const auto text = drop.path ? TextOf(At(*drop.path, element)) : key;
      return text && std::ranges::count(drop.texts, *text) > 0;
    });
    if (dropped) return;
    if (!loop.key.empty() && !AddLabel({loop.key, key}, labels)) return;
    if (AddLabels(loop.labels, element, labels)) {
      Read(loop.rules, element, labels);
    }
  }

  bool AddLabels(const std::vector<MappedLabel>& rules, const Value& element,
                 Labels& labels) {
    for (const auto& rule : rules) {
      const auto text = rule.path ? TextOf(At(*rule.path, element)) : rule.text;
      if (!text) {
        samples_.Skip(SkipReason::kLabel, rule.name);
        return false;
      }
      if (!AddLabel({rule.name, *text}, labels)) return false;
    }
    return true;
  }

  // Checked at once: a long text would be copied for each element of a loop.
  bool AddLabel(prometheus::ClientMetric::Label label, Labels& labels) {
    if (!samples_.AcceptLabel(label)) return false;
    labels.push_back(std::move(label));
    return true;
  }

  void ReadMetric(std::size_t index, const Value& element,
                  const Labels& labels) {
    const auto& metric = mapping_.metrics[index];
    const auto& value = At(metric.path, element);
    if (value.IsNull()) return;
    ++counts_[index].found;
    auto sample = metric.sample;
    sample.labels = labels;
    if (!AddLabels(metric.labels, element, sample.labels)) return;
    if (!SetValue(metric, value, sample)) {
      return samples_.Skip(SkipReason::kType, metric.pattern);
    }
    const auto before = samples_.series();
    samples_.Add(std::move(sample));
    counts_[index].kept += samples_.series() - before;
  }

  static std::optional<double> ReadValue(const MappedMetric& metric,
                                         const Value& value) {
    if (!value.IsString()) return NumberOrBool(value);
    const auto row = metric.values.find(Text(value));
    if (row != metric.values.end()) return row->second;
    return metric.other ? metric.other : Number(value);
  }

  static bool SetValue(const MappedMetric& metric, const Value& value,
                       Sample& sample) {
    if (metric.kind == MappedMetric::Kind::kInfo) {
      sample.value = 1;
      return true;
    }
    if (metric.kind == MappedMetric::Kind::kHistogram) {
      auto histogram = ReadHistogram(metric, value);
      if (histogram) sample.histogram = std::move(*histogram);
      return histogram.has_value();
    }
    const auto number = ReadValue(metric, value);
    sample.value = number.value_or(0) * metric.scale;
    return number.has_value();
  }

  const Mapping& mapping_;
  Samples& samples_;
  std::vector<MappedCount> counts_;
};

}  // namespace

Result<std::vector<MappedCount>> TranslateMapped(std::string& bytes,
                                                 const Mapping& mapping,
                                                 Samples& samples) {
  const auto document = ReadDocument(bytes, samples);
  if (!document) return document.error();
  MappingReader reader(mapping, samples);
  reader.Read(mapping.rules, *document, {});
  return reader.TakeCounts();
}

std::string Explain(const MappedMetric& metric, const MappedCount& count) {
  const auto line = metric.where + ": " + metric.sample.name + ": ";
  if (count.found == 0) return line + "nothing at " + metric.pattern;
  if (count.kept == count.found) {
    return line + std::to_string(count.kept) + " served";
  }
  return line + std::to_string(count.kept) + " served of " +
         std::to_string(count.found) + " at " + metric.pattern;
}

}  // namespace ipfs_peer_exporter::peer
