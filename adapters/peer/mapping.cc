#include "adapters/peer/mapping.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "adapters/json.h"
#include "adapters/number.h"
#include "adapters/peer/json.h"
#include "adapters/peer/json_values.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Pointer;
using rapidjson::Value;

// The value at `pointer`; null if there is none.
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
    // An invalid index, and -1 for an empty array, exceed the size of any
    // array.
    const auto index = name == "-1" ? at->Size() - 1 : token->index;
    at = index < at->Size() ? &(*at)[index] : &kNothing;
  }
  return *at;
}

// A scalar as the value of a label; nullopt for other values.
std::optional<std::string> TextOf(const Value& value) {
  if (value.IsString()) return std::string(Text(value));
  if (value.IsBool()) return value.GetBool() ? "true" : "false";
  if (value.IsUint64()) return ToText(value.GetUint64());
  if (value.IsInt64()) return ToText(value.GetInt64());
  if (value.IsDouble()) return ToText(value.GetDouble());
  return std::nullopt;
}

std::optional<Distribution> HistogramOf(const MappedMetric& metric,
                                        const Value& value) {
  auto of = ReadHistogram(At(metric.buckets, value), At(metric.sum, value),
                          At(metric.count, value));
  if (!of) return std::nullopt;
  Buckets scaled;
  for (const auto& [bound, below] : of->buckets) {
    if (!Put(scaled, bound * metric.scale, below)) return std::nullopt;
  }
  of->buckets = std::move(scaled);
  if (of->sum) *of->sum *= metric.scale;
  return of;
}

// `value` as a number; nullopt if it is not a number.
std::optional<double> NumberOf(const MappedMetric& metric, const Value& value) {
  if (!value.IsString()) return NumberOrBool(value);
  const auto row = metric.values.find(Text(value));
  if (row != metric.values.end()) return row->second;
  return metric.other ? metric.other : Number(value);
}

// Whether the loop skips the element.
bool IsDropped(const MappedLoop& loop, const std::string& key,
               const Value& element) {
  return std::ranges::any_of(loop.drops, [&](const auto& drop) {
    const auto text = drop.path ? TextOf(At(*drop.path, element)) : key;
    return text && std::ranges::count(drop.texts, *text) > 0;
  });
}

// Calls `read` with the key or index of each element that the loop reads, and
// with the element.
template <typename Read>
void ForEach(const MappedLoop& loop, const Value& element, Read read) {
  const auto visit = [&](const std::string& key, const Value& inner) {
    if (!IsDropped(loop, key, inner)) read(key, inner);
  };
  const auto& each = At(loop.each, element);
  if (each.IsArray()) {
    for (rapidjson::SizeType i = 0; i < each.Size(); ++i) {
      visit(ToText(i), each[i]);
    }
  } else if (each.IsObject()) {
    for (const auto& member : each.GetObject()) {
      visit(std::string(Text(member.name)), member.value);
    }
  }
}

class MappingReader {
 public:
  MappingReader(const Mapping& mapping, Samples& samples)
      : mapping_(mapping), samples_(samples), counts_(mapping.metrics.size()) {}

  std::vector<MappedCount> Read(const Value& document) {
    const bool has_histogram = std::ranges::count(
        mapping_.metrics, MappedMetric::Kind::kHistogram, &MappedMetric::kind);
    if (has_histogram) FindParts(mapping_.rules, document);
    ReadRules(mapping_.rules, document, {});
    return std::move(counts_);
  }

 private:
  void FindParts(const MappedRules& rules, const Value& element) {
    for (const auto index : rules.metrics) {
      const auto& metric = mapping_.metrics[index];
      if (metric.kind != MappedMetric::Kind::kHistogram) continue;
      const auto histogram = HistogramOf(metric, At(metric.path, element));
      if (histogram && !histogram->IsWhole()) {
        in_parts_.insert(metric.sample.name);
      }
    }
    for (const auto& loop : rules.loops) {
      ForEach(loop, element, [&](const std::string&, const Value& inner) {
        FindParts(loop.rules, inner);
      });
    }
  }

  void ReadRules(const MappedRules& rules, const Value& element,
                 const Labels& labels) {
    for (const auto index : rules.metrics) {
      ReadMetric(index, element, labels);
    }
    for (const auto& loop : rules.loops) {
      ForEach(loop, element, [&](const std::string& key, const Value& inner) {
        ReadElement(loop, key, inner, labels);
      });
    }
  }

  void ReadElement(const MappedLoop& loop, const std::string& key,
                   const Value& element, Labels labels) {
    if (!loop.key.empty() && !AddLabel({loop.key, key}, labels)) return;
    if (AddLabels(loop.labels, element, labels)) {
      ReadRules(loop.rules, element, labels);
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

  // Checks the label at once, because a long text would otherwise be copied for
  // each element of a loop.
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
    const auto before = samples_.series();
    if (!Add(metric, value, std::move(sample))) {
      return samples_.Skip(SkipReason::kType, metric.pattern);
    }
    if (samples_.series() > before) ++counts_[index].kept;
  }

  // Whether `value` fits the type of the metric.
  bool Add(const MappedMetric& metric, const Value& value, Sample sample) {
    if (metric.kind == MappedMetric::Kind::kHistogram) {
      const auto histogram = HistogramOf(metric, value);
      if (!histogram) return false;
      const bool in_parts = in_parts_.contains(sample.name);
      AddDistribution(*histogram, std::move(sample), in_parts, samples_);
      return true;
    }
    if (metric.kind == MappedMetric::Kind::kInfo) {
      sample.value = 1;
    } else {
      const auto number = NumberOf(metric, value);
      if (!number) return false;
      sample.value = *number * metric.scale;
    }
    samples_.Add(std::move(sample));
    return true;
  }

  const Mapping& mapping_;
  Samples& samples_;
  std::vector<MappedCount> counts_;
  std::set<std::string> in_parts_;  // families with an incomplete distribution
};

}  // namespace

bool MappedMetric::operator==(const MappedMetric& that) const {
  const auto parts = [](const MappedMetric& of) {
    return std::tie(of.pattern, of.kind, of.path, of.sample.name,
                    of.sample.type, of.sample.help, of.scale, of.values,
                    of.other, of.labels, of.buckets, of.sum, of.count);
  };
  return parts(*this) == parts(that);
}

// Not defaulted: clang-tidy 14 crashes on the recursion.
bool MappedRules::operator==(const MappedRules& other) const {
  return metrics == other.metrics && loops == other.loops;
}

Result<std::vector<MappedCount>> TranslateMapped(std::string& bytes,
                                                 const Mapping& mapping,
                                                 Samples& samples) {
  const auto document = ReadDocument(bytes, samples);
  if (!document) return document.error();
  return MappingReader(mapping, samples).Read(*document);
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
