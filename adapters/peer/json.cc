#include "adapters/peer/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "adapters/json.h"
#include "adapters/number.h"
#include "adapters/peer/plain.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Value;

// How long the escape at the front of `text` is; 0 when it is none.
std::size_t EscapeSize(std::string_view text) {
  constexpr std::size_t kCodeUnit = 6;  // \u and four digits
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  if (text.size() < 2) return 0;
  if (text[1] != 'u') {
    return std::string_view("\"\\/bfnrt").find(text[1]) == text.npos ? 0 : 2;
  }
  if (text.size() < kCodeUnit ||
      text.substr(2, 4).find_first_not_of(kHex) != text.npos) {
    return 0;
  }
  const auto unit = [&](std::size_t at) {
    unsigned value = 0;
    std::from_chars(text.data() + at, text.data() + at + 4, value, 16);
    return value;
  };
  const bool leads_pair = (unit(2) & 0xFC00u) == 0xD800u;
  if (!leads_pair) return kCodeUnit;
  const auto second = text.substr(kCodeUnit, kCodeUnit);
  const bool pair = second.size() == kCodeUnit && second.starts_with("\\u") &&
                    second.substr(2).find_first_not_of(kHex) == text.npos &&
                    (unit(kCodeUnit + 2) & 0xFC00u) == 0xDC00u;
  return pair ? 2 * kCodeUnit : 0;
}

// One bad value would lose the whole document. A number beyond a double becomes
// NaN, and one that RapidJSON may take for such by its digits or exponent alone
// (0e309) is written shorter. In a string, what JSON does not allow becomes the
// half of a surrogate pair that the parser lets through, and no label takes
// (kEncoding).
class Mender {
 public:
  explicit Mender(std::string& bytes) : bytes_(bytes) {}

  void Mend() {
    while (at_ < bytes_.size()) {
      const char c = bytes_[at_];
      if (c == '"') {
        String();
      } else if (c == '-' || (c >= '0' && c <= '9')) {
        Number();
      } else {
        ++at_;
      }
    }
    if (kept_ == 0) return;
    bytes_ = mended_.append(bytes_, kept_);
  }

 private:
  std::string_view rest() const { return std::string_view(bytes_).substr(at_); }

  void String() {
    for (++at_; at_ < bytes_.size() && bytes_[at_] != '"';) {
      if (const auto size = CharacterSize(); size > 0) {
        at_ += size;
        continue;
      }
      const auto from = at_;
      while (at_ < bytes_.size() && bytes_[at_] != '"' &&
             CharacterSize() == 0) {
        ++at_;
      }
      Replace(from, "\\udc00");
    }
    ++at_;
  }

  // As it is written; 0 when no string may hold it.
  std::size_t CharacterSize() const {
    if (bytes_[at_] == '\\') return EscapeSize(rest());
    if (static_cast<unsigned char>(bytes_[at_]) < ' ') return 0;
    return Utf8Size(rest());
  }

  void Number() {
    constexpr std::size_t kMostDigits = 300;  // a double has more
    constexpr std::size_t kMostExponent = 3;  // with the letter: e99
    const auto from = at_;
    const auto text =
        rest().substr(0, rest().find_first_not_of("0123456789+-.eE"));
    at_ += text.size();
    const auto exponent =
        text.substr(std::min(text.find_first_of("eE"), text.size()));
    if (text.size() <= kMostDigits && exponent.size() <= kMostExponent) return;
    const auto number = ReadNumber(text);
    if (number) Replace(from, std::isinf(*number) ? "NaN" : ToText(*number));
  }

  // Puts `text` in the place of what was read since `from`.
  void Replace(std::size_t from, std::string_view text) {
    mended_.append(bytes_, kept_, from - kept_).append(text);
    kept_ = at_;
  }

  std::string& bytes_;
  std::string mended_;    // what comes of bytes_ before kept_
  std::size_t kept_ = 0;  // bytes_ is as it should be from here to at_
  std::size_t at_ = 0;
};

// Walks a document of any shape.
class PlainReader {
 public:
  explicit PlainReader(Samples& samples)
      : samples_(samples), values_(samples) {}

  void ReadMember(const Value& key, const Value& value,
                  const std::string& path) {
    const std::string name(Text(key));
    // A path that is too long for a name is not walked on: its copies would
    // cost far more than the document.
    if (name.empty() || path.size() + 1 + name.size() > kMaxName) {
      return SkipAll(value, SkipReason::kName);
    }
    Read(value, path.empty() ? name : path + "." + name);
  }

  void End() { values_.End(); }

 private:
  void Read(const Value& value, const std::string& path) {
    if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        ReadMember(member.name, member.value, path);
      }
    } else if (value.IsArray()) {
      SkipAll(value, SkipReason::kType);
    } else if (const auto number = NumberOrBool(value)) {
      values_.Number(path, *number);
    } else if (value.IsString()) {
      values_.Text(path, Text(value));
    } else {
      samples_.Skip(SkipReason::kType);
    }
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
  const auto number = NumberOrBool(value);
  if (!number) return false;
  sample.value = *number;
  if (type.empty()) sample.type = TypeOfName(sample.name);
  if (type == "counter") sample.type = kCounter;
  return type.empty() || type == "counter" || type == "gauge";
}

void ReadDescribed(const Value& metric, Samples& samples) {
  if (!metric.IsObject()) return samples.Skip(SkipReason::kType);
  Sample sample;
  sample.name = WithUnit(std::string(Text(Member(metric, "name"))),
                         Text(Member(metric, "unit")));
  sample.help = Text(Member(metric, "help"));
  if (!IsName(sample.name)) return samples.Skip(SkipReason::kName);
  if (!IsCleanUtf8(sample.help)) return samples.Skip(SkipReason::kEncoding);
  const auto type = Text(Member(metric, "type"));
  if (type == "info" && !sample.name.ends_with("info")) sample.name += "_info";
  if (!ReadValue(metric, type, sample)) return samples.Skip(SkipReason::kType);
  if (!ReadLabels(Member(metric, "labels"), samples, sample)) return;
  samples.Add(std::move(sample));
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
  std::uint64_t pruned = 0;
  Mender(bytes).Mend();
  auto document = ParseJson(
      bytes, {.deep = DeepJson::kPrune, .allow_nan = true, .pruned = &pruned});
  if (document && pruned > 0) samples.Skip(SkipReason::kDepth, {}, pruned);
  return document;
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
