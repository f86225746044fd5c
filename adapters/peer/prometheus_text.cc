#include "adapters/peer/prometheus_text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "adapters/char_set.h"
#include "adapters/peer/distribution_lines.h"
#include "adapters/peer/text_lines.h"
#include "adapters/prometheus_text.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

using prometheus::MetricType;

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

// Types that only OpenMetrics has, and the types of 0.0.4 that replace them.
constexpr std::string_view kServedAs[][2] = {
    {"info", "gauge"},
    {"stateset", "gauge"},
    {"gaugehistogram", "histogram"},
    {"gauge_histogram", "histogram"}};  // as Go's expfmt writes it

// The probable name in a line that cannot be read.
std::string_view FirstWord(std::string_view text) {
  static constexpr CharSet kEnds(" \t{=");
  return text.substr(0, kEnds.SpanTo(text));
}

class TextReader {
 public:
  explicit TextReader(Samples& samples) : samples_(samples) {}

  // Reads all HELP lines before the samples, because a HELP may follow them.
  void ReadHelp(std::string_view bytes) {
    while (const auto text = TakeLine(bytes)) {
      if (!Trim(*text).starts_with('#')) continue;
      auto line = ParseTextLine(Trim(*text), Grammar::kLoose);
      if (line && line->kind == TextLine::Kind::kEnd) return;
      // A text that is too long is not kept, because each sample would copy it.
      if (line && line->kind == TextLine::Kind::kHelp &&
          line->text.size() <= kMaxHelp) {
        helps_.emplace(std::move(line->name), std::move(line->text));
      }
    }
  }

  void SkipLine(SkipReason reason, std::string_view text) {
    samples_.Skip(reason, FirstWord(text));
    ++bad_;
  }

  // False at # EOF, which ends OpenMetrics.
  bool Read(std::string_view text) {
    auto line = ParseTextLine(text, Grammar::kLoose);
    if (!line) {
      SkipLine(IsCleanUtf8(text) ? SkipReason::kType : SkipReason::kEncoding,
               text);
      return true;
    }
    switch (line->kind) {
      case TextLine::Kind::kNothing:
        return true;
      case TextLine::Kind::kHelp:  // read by ReadHelp()
        break;
      case TextLine::Kind::kBroken:
        ReadBroken(std::move(*line));
        return true;
      case TextLine::Kind::kEnd:
        ++good_;
        return false;
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
    return Error{Reason::kParse, "no line is Prometheus text"};
  }

 private:
  void Begin(const std::string& name) {
    if (name == name_) return;
    EndFamily();
    name_ = name;
    type_ = kUntyped;
    const auto help = helps_.find(name);
    help_ = help == helps_.end() ? "" : help->second;
  }

  void SetType(std::string_view word) {
    EndFamily();
    for (const auto& [only_there, here] : kServedAs) {
      if (word == only_there) word = here;
    }
    const auto type = ParseType(word);
    if (!type) samples_.Skip(SkipReason::kType, name_);
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
    if (role == Role::kCreated) return;
    if (!role) {  // a histogram's bare name
      samples_.Skip(SkipReason::kType, line.name);
    } else if (*role != Role::kValue) {
      distributions_.Read(*role, std::move(line), samples_);
    } else if (line.beyond) {
      samples_.Skip(SkipReason::kNonFinite, line.name);
    } else {
      samples_.Add({.name = std::move(line.name),
                    .type = type_,
                    .help = help_,
                    .labels = std::move(line.labels),
                    .value = line.value,
                    .means_non_finite = true,
                    .time = line.time});
    }
  }

  void ReadBroken(TextLine line) {
    ++bad_;
    const auto role = RoleOf(line.name);
    if (!role || *role == Role::kValue || *role == Role::kCreated) {
      return samples_.Skip(SkipReason::kType, line.name);
    }
    distributions_.Break(*role, std::move(line));
  }

  void EndFamily() {
    distributions_.End({.name = name_, .type = type_, .help = help_}, samples_);
  }

  Samples& samples_;
  std::unordered_map<std::string, std::string> helps_;  // by family
  std::string name_;                                    // of the family
  MetricType type_ = kUntyped;
  std::string help_;
  DistributionLines distributions_;  // of the family
  std::size_t good_ = 0;             // lines
  std::size_t bad_ = 0;
};

}  // namespace

Status TranslatePrometheusText(std::string_view bytes, Samples& samples) {
  constexpr std::string_view kEnd = "# EOF";
  TextReader reader(samples);
  reader.ReadHelp(bytes);
  while (const auto line = TakeLine(bytes)) {
    if (!reader.Read(Trim(*line))) return reader.End();
  }
  if (Trim(bytes) == kEnd) {
    reader.Read(kEnd);
  } else if (!Trim(bytes).empty()) {
    reader.SkipLine(SkipReason::kType, Trim(bytes));
  }
  return reader.End();
}

}  // namespace ipfs_peer_exporter::peer
