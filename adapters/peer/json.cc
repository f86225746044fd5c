#include "adapters/peer/json.h"

#include <string_view>
#include <utility>
#include <vector>

#include "adapters/json.h"
#include "adapters/peer/json_lines.h"
#include "adapters/peer/json_mender.h"
#include "adapters/peer/plain.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Value;

// A path as a person reads it, not much longer than a name may be.
std::string Below(std::string_view path, std::string_view key) {
  if (key.empty()) key = "\"\"";
  std::string below(path);
  if (!below.empty()) below += '.';
  return below.append(key.substr(0, kMaxName));
}

// Counts and names what was nested too deep: the parser left {} of it, and has
// let through nothing else that is as deep.
void SkipPruned(const Value& value, const std::string& path, int depth,
                Samples& samples) {
  if (depth == kMaxJsonDepth && (value.IsObject() || value.IsArray())) {
    return samples.Skip(SkipReason::kDepth, path);
  }
  // A path that is too long already does not grow.
  const auto below = [&](std::string_view key) {
    return path.size() > kMaxName ? path : Below(path, key);
  };
  if (value.IsArray()) {
    for (const auto& element : value.GetArray()) {
      SkipPruned(element, path, depth + 1, samples);
    }
  } else if (value.IsObject()) {
    for (const auto& member : value.GetObject()) {
      SkipPruned(member.value, below(Text(member.name)), depth + 1, samples);
    }
  }
}

Result<rapidjson::Document> Parse(std::string& bytes, Samples& samples) {
  std::uint64_t pruned = 0;
  MendJson(bytes);
  auto document = ParseJson(
      bytes, {.deep = DeepJson::kPrune, .allow_nan = true, .pruned = &pruned});
  if (document && pruned > 0) SkipPruned(*document, "", 0, samples);
  return document;
}

// Walks a document of any shape.
class PlainReader {
 public:
  explicit PlainReader(Samples& samples)
      : samples_(samples), values_(samples) {}

  void ReadMember(const Value& key, const Value& value,
                  const std::string& path) {
    const auto name = Text(key);
    const auto below = Below(path, name);
    // A path that is too long for a name is not walked on: its copies would
    // cost far more than the document.
    if (name.empty() || path.size() + 1 + name.size() > kMaxName) {
      return SkipAll(value, SkipReason::kName, below);
    }
    Read(value, below);
  }

  void End() { values_.End(); }

 private:
  void Read(const Value& value, const std::string& path) {
    if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        ReadMember(member.name, member.value, path);
      }
    } else if (value.IsArray()) {
      SkipAll(value, SkipReason::kType, path);
    } else if (const auto number = NumberOrBool(value)) {
      values_.Number(path, *number);
    } else if (value.IsString()) {
      values_.Text(path, Text(value));
    } else {
      samples_.Skip(SkipReason::kType, path);
    }
  }

  // Under the path of the uppermost: ten elements of one list say no more.
  void SkipAll(const Value& value, SkipReason reason, std::string_view path) {
    if (value.IsArray()) {
      for (const auto& element : value.GetArray()) {
        SkipAll(element, reason, path);
      }
    } else if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        SkipAll(member.value, reason, path);
      }
    } else {
      samples_.Skip(reason, path);
    }
  }

  Samples& samples_;
  PlainValues values_;
};

std::optional<prometheus::ClientMetric::Histogram> Histogram(
    const Value& metric) {
  const auto buckets = ReadBuckets(Member(metric, "buckets"));
  const auto count = ReadCount(Member(metric, "count"));
  const auto sum = Number(Member(metric, "sum"));
  if (!buckets || !count || !sum) return std::nullopt;
  return MakeHistogram(*buckets, *count, *sum);
}

// Nothing when it is no summary.
std::optional<prometheus::ClientMetric::Summary> Summary(const Value& metric) {
  const auto& members = Member(metric, "quantiles");
  const auto count = ReadCount(Member(metric, "count"));
  const auto sum = Number(Member(metric, "sum"));
  if (!members.IsObject() || !count || !sum) return std::nullopt;
  Quantiles quantiles;
  for (const auto& member : members.GetObject()) {
    const auto quantile = ParseBound(Text(member.name));
    const auto value = Number(member.value);
    if (!quantile || *quantile < 0 || *quantile > 1 || !value ||
        !Put(quantiles, *quantile, *value)) {
      return std::nullopt;
    }
  }
  return MakeSummary(quantiles, *count, *sum);
}

// training_duration and "seconds" make training_duration_seconds; a counter's
// _total stays last.
std::string WithUnit(std::string name, std::string_view unit) {
  constexpr std::string_view kTotal = "_total";
  if (unit.empty()) return name;
  const bool total = name.ends_with(kTotal);
  if (total) name.resize(name.size() - kTotal.size());
  const auto suffix = "_" + std::string(unit);
  if (!name.ends_with(suffix)) name += suffix;
  return total ? name + std::string(kTotal) : name;
}

// Whether they are texts.
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

// Whether type and value of a described metric fit.
bool ReadValue(const Value& metric, std::string_view type, Sample& sample) {
  const auto& value = Member(metric, "value");
  if (type == "info") {
    sample.value = 1;
    return value.IsNull();
  }
  if (type == "histogram") {
    auto histogram = Histogram(metric);
    if (!histogram) return false;
    sample.type = kHistogram;
    sample.histogram = std::move(*histogram);
    return true;
  }
  if (type == "summary") {
    auto summary = Summary(metric);
    if (!summary) return false;
    sample.type = kSummary;
    sample.summary = std::move(*summary);
    return true;
  }
  const auto number = NumberOrBool(value);
  if (!number) return false;
  sample.value = *number;
  if (type.empty()) sample.type = TypeOfName(sample.name);
  if (type == "counter") sample.type = kCounter;
  return type.empty() || type == "counter" || type == "gauge";
}

// Why it is no metric; nothing when it is one.
std::optional<SkipReason> ReadMetric(const Value& metric, Sample& sample) {
  if (!metric.IsObject()) return SkipReason::kType;
  sample.name = WithUnit(std::string(Text(Member(metric, "name"))),
                         Text(Member(metric, "unit")));
  sample.help = Text(Member(metric, "help"));
  if (!IsName(sample.name)) return SkipReason::kName;
  if (!IsCleanUtf8(sample.help)) return SkipReason::kEncoding;
  const auto type = Text(Member(metric, "type"));
  if (type == "info" && !sample.name.ends_with("info")) sample.name += "_info";
  if (!ReadValue(metric, type, sample)) return SkipReason::kType;
  if (!ReadLabels(Member(metric, "labels"), sample)) return SkipReason::kLabel;
  return std::nullopt;
}

void ReadDescribed(const Value& metric, Samples& samples) {
  Sample sample;
  const auto skipped = ReadMetric(metric, sample);
  if (!skipped) return samples.Add(std::move(sample));
  const auto name = Text(Member(metric, "name"));
  samples.Skip(*skipped, name.empty() ? "metrics" : name);
}

}  // namespace

std::optional<double> NumberOrBool(const Value& value) {
  if (value.IsBool()) return value.GetBool();
  if (value.IsNumber()) return value.GetDouble();
  return std::nullopt;
}

std::optional<std::uint64_t> ReadCount(const Value& value) {
  if (value.IsUint64()) return value.GetUint64();
  return value.IsDouble() ? Whole(value.GetDouble()) : std::nullopt;
}

std::optional<Buckets> ReadBuckets(const Value& value) {
  if (!value.IsObject()) return std::nullopt;
  Buckets buckets;
  for (const auto& member : value.GetObject()) {
    const auto bound = ParseBound(Text(member.name));
    const auto below = ReadCount(member.value);
    if (!bound || !below || !Put(buckets, *bound, *below)) {
      return std::nullopt;
    }
  }
  return buckets;
}

Result<rapidjson::Document> ReadDocument(std::string& bytes, Samples& samples) {
  auto lines = TakeLastLines(bytes);
  auto document = Parse(bytes, samples);
  if (document || lines.before.empty()) return document;
  samples.Skip(SkipReason::kType, lines.last);
  bytes = std::move(lines.before);
  return Parse(bytes, samples);
}

Status TranslateJson(std::string& bytes, Samples& samples) {
  const auto document = ReadDocument(bytes, samples);
  if (!document) return document.error();
  if (!document->IsObject()) {
    return Error{Reason::kSchema, "the stats are not a JSON object"};
  }
  PlainReader plain(samples);
  for (const auto& member : document->GetObject()) {
    if (Text(member.name) == "metrics" && member.value.IsArray()) {
      for (const auto& metric : member.value.GetArray()) {
        ReadDescribed(metric, samples);
      }
    } else {
      plain.ReadMember(member.name, member.value, "");
    }
  }
  plain.End();
  return Ok();
}

}  // namespace ipfs_peer_exporter::peer
