#include "adapters/peer/json.h"

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "adapters/json.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Value;

// Out of range because it is next to 0: JSON's reader takes it for 0.
bool IsTiny(std::string_view number) {
  return number.find("e-") != std::string_view::npos ||
         number.find("E-") != std::string_view::npos;
}

// A number beyond the range of a double would fail the whole document: it
// becomes NaN, which is one bad value.
void ReplaceHugeNumbers(std::string& bytes) {
  bool in_string = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
      continue;
    }
    in_string = c == '"';
    if (c != '-' && (c < '0' || c > '9')) continue;
    double number = 0;
    const auto [end, error] =
        std::from_chars(bytes.data() + i, bytes.data() + bytes.size(), number);
    const auto size = static_cast<std::size_t>(end - (bytes.data() + i));
    if (error == std::errc::result_out_of_range && size >= 3 &&
        !IsTiny({bytes.data() + i, size})) {
      bytes.replace(i, size, "NaN" + std::string(size - 3, ' '));
    }
    i += std::max<std::size_t>(size, 1) - 1;
  }
}

std::string PrintablePath(std::string path) {
  return IsCleanUtf8(path) ? path : SnakeCase(path);
}

// Walks a document of any shape.
class PlainReader {
 public:
  explicit PlainReader(Samples& samples) : samples_(samples) {}

  // `path` is dotted; `info` says that the value stands under "info".
  void Read(const Value& value, const std::string& path, bool info) {
    if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        ReadMember(member.name, member.value, path, info);
      }
    } else if (value.IsArray()) {
      SkipAll(value, SkipReason::kType);
    } else if (value.IsNumber() || value.IsBool()) {
      Number(value, path);
    } else if (value.IsString() && info && path != "info") {
      InfoLabel(value, path);
    } else {
      samples_.Skip(SkipReason::kType);
    }
  }

  void ReadMember(const Value& key, const Value& value, const std::string& path,
                  bool info) {
    const std::string name(Text(key));
    // A path that is too long for a name is not walked on: its copies would
    // cost far more than the document.
    if (name.empty() || path.size() + 1 + name.size() > kMaxName) {
      return SkipAll(value, SkipReason::kName);
    }
    const bool enters_info = path.empty() && name == "info";
    Read(value, path.empty() ? name : path + "." + name, info || enters_info);
  }

  void End() {
    if (info_.empty()) return;
    samples_.Add({.name = "info",
                  .help = "What the peer says of itself: 1, with its texts as "
                          "labels (stats: info).",
                  .labels = std::move(info_),
                  .value = 1,
                  .histogram = {},
                  .summary = {}});
  }

 private:
  void Number(const Value& value, const std::string& path) {
    Sample sample;
    sample.name = SnakeCase(path);
    sample.type = sample.name.ends_with("_total") ? kCounter : kGauge;
    sample.help =
        "Value of the peer's stats (stats: " + PrintablePath(path) + ").";
    sample.value = value.IsBool() ? value.GetBool() : value.GetDouble();
    samples_.Add(std::move(sample));
  }

  void InfoLabel(const Value& value, const std::string& path) {
    constexpr std::string_view kPrefix = "info.";
    prometheus::ClientMetric::Label label{
        SnakeCase(std::string_view(path).substr(kPrefix.size())),
        std::string(Text(value))};
    if (!samples_.AcceptLabel(label)) return;
    if (info_.size() == kMaxLabels) return samples_.Skip(SkipReason::kLabel);
    for (const auto& other : info_) {
      if (other.name == label.name) {
        return samples_.Skip(SkipReason::kDuplicate);
      }
    }
    info_.push_back(std::move(label));
  }

  void SkipAll(const Value& value, SkipReason reason) {
    if (value.IsArray()) {
      for (const auto& element : value.GetArray()) SkipAll(element, reason);
    } else if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        SkipAll(member.value, reason);
      }
    } else {
      samples_.Skip(reason);
    }
  }

  Samples& samples_;
  Labels info_;
};

std::optional<double> Bound(std::string_view text) {
  if (text == "+Inf" || text == "Inf") return INFINITY;
  double bound = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), bound);
  if (error != std::errc{} || end != text.data() + text.size() ||
      !std::isfinite(bound)) {
    return std::nullopt;
  }
  return bound;
}

std::optional<std::uint64_t> Whole(const Value& value) {
  if (!value.IsUint64()) return std::nullopt;
  return value.GetUint64();
}

// Cumulative buckets in rising order, completed by +Inf; nothing when they are
// not a histogram.
std::optional<prometheus::ClientMetric::Histogram> Histogram(
    const Value& metric) {
  const auto& buckets = Member(metric, "buckets");
  const auto count = Whole(Member(metric, "count"));
  const auto sum = Number(Member(metric, "sum"));
  if (!buckets.IsObject() || !count || !sum) return std::nullopt;

  std::map<double, std::uint64_t> sorted{{INFINITY, *count}};
  for (const auto& member : buckets.GetObject()) {
    const auto bound = Bound(Text(member.name));
    const auto below = Whole(member.value);
    if (!bound || !below) return std::nullopt;
    const auto [at, is_new] = sorted.emplace(*bound, *below);
    if (!is_new && at->second != *below) return std::nullopt;
  }
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = *count;
  histogram.sample_sum = *sum;
  for (const auto& [bound, below] : sorted) {
    if (!histogram.bucket.empty() &&
        below < histogram.bucket.back().cumulative_count) {
      return std::nullopt;
    }
    histogram.bucket.push_back({below, bound});
  }
  return histogram;
}

// Quantiles in rising order; nothing when they are not a summary.
std::optional<prometheus::ClientMetric::Summary> Summary(const Value& metric) {
  const auto& quantiles = Member(metric, "quantiles");
  const auto count = Whole(Member(metric, "count"));
  const auto sum = Number(Member(metric, "sum"));
  if (!quantiles.IsObject() || !count || !sum) return std::nullopt;

  std::map<double, double> sorted;
  for (const auto& member : quantiles.GetObject()) {
    const auto quantile = Bound(Text(member.name));
    const auto value = Number(member.value);
    if (!quantile || *quantile < 0 || *quantile > 1 || !value) {
      return std::nullopt;
    }
    const auto [at, is_new] = sorted.emplace(*quantile, *value);
    if (!is_new && at->second != *value) return std::nullopt;
  }
  prometheus::ClientMetric::Summary summary;
  summary.sample_count = *count;
  summary.sample_sum = *sum;
  for (const auto& [quantile, value] : sorted) {
    summary.quantile.push_back({quantile, value});
  }
  return summary;
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

bool ReadLabels(const Value& labels, Samples& samples, Sample& sample) {
  if (labels.IsNull()) return true;
  if (!labels.IsObject()) {
    samples.Skip(SkipReason::kLabel);
    return false;
  }
  for (const auto& member : labels.GetObject()) {
    if (!member.value.IsString()) {
      samples.Skip(SkipReason::kLabel);
      return false;
    }
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
  if (type == "counter") sample.type = kCounter;
  if (type != "counter" && type != "gauge") return false;
  if (!value.IsNumber() && !value.IsBool()) return false;
  sample.value = value.IsBool() ? value.GetBool() : value.GetDouble();
  return true;
}

void ReadDescribed(const Value& metric, Samples& samples) {
  if (!metric.IsObject()) return samples.Skip(SkipReason::kType);
  Sample sample;
  sample.name = WithUnit(std::string(Text(Member(metric, "name"))),
                         Text(Member(metric, "unit")));
  sample.help = Text(Member(metric, "help"));
  if (!IsName(sample.name)) return samples.Skip(SkipReason::kName);
  if (!IsCleanUtf8(sample.help)) return samples.Skip(SkipReason::kEncoding);
  auto type = Text(Member(metric, "type"));
  if (type.empty())
    type = sample.name.ends_with("_total") ? "counter" : "gauge";
  if (type == "info" && !sample.name.ends_with("info")) sample.name += "_info";
  if (!ReadValue(metric, type, sample)) return samples.Skip(SkipReason::kType);
  if (!ReadLabels(Member(metric, "labels"), samples, sample)) return;
  samples.Add(std::move(sample));
}

}  // namespace

Status TranslateJson(std::string& bytes, Samples& samples) {
  std::uint64_t pruned = 0;
  ReplaceHugeNumbers(bytes);
  const auto document = ParseJson(
      bytes, {.deep = DeepJson::kPrune, .allow_nan = true, .pruned = &pruned});
  if (!document) return document.error();
  if (!document->IsObject()) {
    return Error{Reason::kSchema, "the stats are not a JSON object"};
  }
  if (pruned > 0) samples.Skip(SkipReason::kDepth, pruned);

  PlainReader plain(samples);
  for (const auto& member : document->GetObject()) {
    if (Text(member.name) == "metrics" && member.value.IsArray()) {
      for (const auto& metric : member.value.GetArray()) {
        ReadDescribed(metric, samples);
      }
    } else {
      plain.ReadMember(member.name, member.value, "", false);
    }
  }
  plain.End();
  return Ok();
}

}  // namespace ipfs_peer_exporter::peer
