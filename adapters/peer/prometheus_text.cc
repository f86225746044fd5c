#include "adapters/peer/prometheus_text.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/json.h"
#include "adapters/peer/distributions.h"
#include "adapters/peer/text_lines.h"
#include "adapters/prometheus_text.h"

namespace ipfs_peer_exporter::peer {
namespace {

using prometheus::MetricType;

// What a sample is to its family.
enum class Role { kValue, kBucket, kQuantile, kSum, kCount, kCreated };

constexpr struct {
  MetricType type;
  std::string_view suffix;  // of the family's name
  Role role;
} kRoles[] = {
    {kGauge, "", Role::kValue},
    {kGauge, "_info", Role::kValue},  // of OpenMetrics' info
    {kUntyped, "", Role::kValue},
    {kCounter, "", Role::kValue},
    {kCounter, "_total", Role::kValue},
    {kCounter, "_created", Role::kCreated},
    {kHistogram, "_bucket", Role::kBucket},
    {kHistogram, "_sum", Role::kSum},
    {kHistogram, "_count", Role::kCount},
    {kHistogram, "_gsum", Role::kSum},  // of OpenMetrics' gaugehistogram
    {kHistogram, "_gcount", Role::kCount},
    {kHistogram, "_created", Role::kCreated},
    {kSummary, "", Role::kQuantile},
    {kSummary, "_sum", Role::kSum},
    {kSummary, "_count", Role::kCount},
    {kSummary, "_created", Role::kCreated},
};

// As what 0.0.4 has, we serve what OpenMetrics alone has.
constexpr std::string_view kServedAs[][2] = {
    {"info", "gauge"}, {"stateset", "gauge"}, {"gaugehistogram", "histogram"}};

// The lines of one histogram or summary.
struct Distribution {
  Buckets buckets;
  Quantiles quantiles;
  std::optional<double> sum;
  std::optional<std::uint64_t> count;
};

class TextReader {
 public:
  explicit TextReader(Samples& samples) : samples_(samples) {}

  void SkipLine(SkipReason reason) {
    Skip(reason);
    ++bad_;
  }

  // False at the end of OpenMetrics.
  bool Read(std::string_view text) {
    auto line = ParseTextLine(text);
    if (!line) {
      SkipLine(IsCleanUtf8(text) ? SkipReason::kType : SkipReason::kEncoding);
      return true;
    }
    switch (line->kind) {
      case TextLine::Kind::kNothing:
        return true;
      case TextLine::Kind::kEnd:
        ++good_;
        return false;
      case TextLine::Kind::kHelp:
        Begin(line->name);
        // One that is too long is not kept, for each sample would copy it.
        help_ = line->text.size() > kMaxHelp ? "" : std::move(line->text);
        break;
      case TextLine::Kind::kType:
        Begin(line->name);
        SetType(line->text);
        break;
      case TextLine::Kind::kSample:
        ReadSample(std::move(*line));
        break;
    }
    ++good_;
    return true;
  }

  Status End() {
    EndFamily();
    if (good_ > 0 || bad_ == 0) return Ok();
    return Error{Reason::kParse, "no line of it is Prometheus text"};
  }

 private:
  void Skip(SkipReason reason) { samples_.Skip(reason); }

  void Begin(const std::string& name) {
    if (name == name_) return;
    EndFamily();
    name_ = name;
    type_ = kUntyped;
    help_.clear();
  }

  void SetType(std::string_view word) {
    EndFamily();
    for (const auto& [only_there, here] : kServedAs) {
      if (word == only_there) word = here;
    }
    const auto type = ParseType(word);
    if (!type) Skip(SkipReason::kType);
    type_ = type ? *type : kUntyped;
  }

  std::optional<Role> RoleOf(std::string_view sample) const {
    if (!sample.starts_with(name_)) return std::nullopt;
    const auto suffix = sample.substr(name_.size());
    for (const auto& row : kRoles) {
      if (row.type == type_ && row.suffix == suffix) return row.role;
    }
    return std::nullopt;
  }

  void ReadSample(TextLine line) {
    if (!RoleOf(line.name)) Begin(line.name);
    const auto role = RoleOf(line.name);
    if (!role) return Skip(SkipReason::kType);  // a histogram's bare name
    switch (*role) {
      case Role::kValue:
        return Add({.name = std::move(line.name),
                    .labels = std::move(line.labels),
                    .value = line.value});
      case Role::kBucket:
        return AddBucket(line);
      case Role::kQuantile:
        return AddQuantile(line);
      case Role::kSum:
        distributions_[std::move(line.labels)].sum = line.value;
        return;
      case Role::kCount:
        distributions_[std::move(line.labels)].count = Whole(line.value);
        return;
      case Role::kCreated:
        return;
    }
  }

  void AddBucket(TextLine& line) {
    const auto bound = TakeBound(line.labels, "le");
    const auto below = Whole(line.value);
    if (!bound || !below) return Skip(SkipReason::kType);
    auto& buckets = distributions_[std::move(line.labels)].buckets;
    if (!Put(buckets, *bound, *below)) Skip(SkipReason::kDuplicate);
  }

  void AddQuantile(TextLine& line) {
    const auto quantile = TakeBound(line.labels, "quantile");
    if (!quantile || *quantile < 0 || *quantile > 1) {
      return Skip(SkipReason::kType);
    }
    auto& quantiles = distributions_[std::move(line.labels)].quantiles;
    if (!Put(quantiles, *quantile, line.value)) Skip(SkipReason::kDuplicate);
  }

  // What is left of `labels` tells which histogram or summary it is.
  static std::optional<double> TakeBound(Labels& labels,
                                         std::string_view name) {
    const auto found = std::ranges::find_if(
        labels, [&](const auto& label) { return label.name == name; });
    if (found == labels.end()) return std::nullopt;
    const auto bound = ParseBound(found->value);
    labels.erase(found);
    return bound;
  }

  void EndFamily() {
    for (auto& [labels, distribution] : std::exchange(distributions_, {})) {
      AddDistribution(labels, distribution);
    }
  }

  void AddDistribution(const Labels& labels, const Distribution& of) {
    const auto& buckets = of.buckets;
    const auto count =
        of.count || buckets.empty() ? of.count : buckets.rbegin()->second;
    if (!of.sum || !count) return Skip(SkipReason::kType);
    Sample sample{.name = name_, .labels = labels};
    if (type_ == kHistogram) {
      auto histogram = MakeHistogram(buckets, *count, *of.sum);
      if (!histogram) return Skip(SkipReason::kType);
      sample.histogram = std::move(*histogram);
    } else {
      sample.summary = MakeSummary(of.quantiles, *count, *of.sum);
    }
    Add(std::move(sample));
  }

  void Add(Sample sample) {
    sample.type = type_;
    sample.help = help_;
    samples_.Add(std::move(sample));
  }

  Samples& samples_;
  std::string name_;  // of the family
  MetricType type_ = kUntyped;
  std::string help_;
  std::map<Labels, Distribution> distributions_;  // of the family
  std::size_t good_ = 0;                          // lines
  std::size_t bad_ = 0;
};

}  // namespace

Status TranslatePrometheusText(std::string_view bytes, Samples& samples) {
  constexpr std::string_view kEnd = "# EOF";
  TextReader reader(samples);
  while (const auto line = TakeLine(bytes)) {
    if (!reader.Read(Trim(*line))) return reader.End();
  }
  if (Trim(bytes) == kEnd) {
    reader.Read(kEnd);
  } else if (!Trim(bytes).empty()) {
    reader.SkipLine(SkipReason::kType);
  }
  return reader.End();
}

}  // namespace ipfs_peer_exporter::peer
