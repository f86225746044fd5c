#include "adapters/peer/samples.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

using prometheus::MetricType;
using Label = prometheus::ClientMetric::Label;

// Whether the text format itself adds a label of this name to the lines of
// histograms and summaries.
bool IsLabelOfFormat(std::string_view name, MetricType type) {
  return (type == kHistogram || type == kSummary) &&
         (name == "le" || name == "quantile");
}

// Converts the name of a label, or returns why it is not allowed.
std::optional<SkipReason> MendLabel(Label& label) {
  if (!IsCleanUtf8(label.name) || !IsCleanUtf8(label.value)) {
    return SkipReason::kEncoding;
  }
  auto name = WithNameCharacters(label.name);
  if (!IsName(name)) name.insert(0, 1, '_');  // it begins with a digit
  if (label.name.empty() || name.size() > kMaxName ||
      label.value.size() > kMaxLabelValue) {
    return SkipReason::kLabel;
  }
  if (name.starts_with("__")) return SkipReason::kReserved;
  label.name = std::move(name);
  return std::nullopt;
}

std::size_t LinesOf(const Sample& sample) {
  constexpr std::size_t kSumAndCount = 2;
  if (sample.type == kHistogram) {
    return sample.histogram.bucket.size() + kSumAndCount;
  }
  if (sample.type == kSummary) {
    return sample.summary.quantile.size() + kSumAndCount;
  }
  return 1;
}

}  // namespace

void Samples::Skip(SkipReason reason, std::string_view name,
                   std::uint64_t count) {
  skipped_[reason] += count;
  if (name.empty()) return;
  auto& names = skipped_names_[reason];
  if (names.size() == kMaxSkippedNames) return;
  auto kept = Readable(name);
  if (!std::ranges::count(names, kept)) names.push_back(std::move(kept));
}

bool Samples::AcceptLabel(Label& label, std::string_view written) {
  const auto fault = MendLabel(label);
  if (fault) Skip(*fault, written.empty() ? label.name : written);
  return !fault;
}

// The name as it is printed. `sample.name` may begin with a digit, because the
// namespace precedes it.
std::optional<std::string> Samples::AcceptName(const Sample& sample) {
  const auto skip = [&](SkipReason reason) {
    Skip(reason, sample.Written());
    return std::nullopt;
  };
  if (!IsCleanUtf8(sample.name)) return skip(SkipReason::kEncoding);
  if (sample.name.empty()) return skip(SkipReason::kName);
  auto name =
      WithNamespace(options_.name_space, WithNameCharacters(sample.name));
  if (name.size() > kMaxName) return skip(SkipReason::kName);
  if (IsReservedName(name, options_.type_of_ours))
    return skip(SkipReason::kReserved);
  return name;
}

bool Samples::AcceptValue(Sample& sample) {
  const auto is_meant = [&](double value) {
    return std::isfinite(value) || sample.means_non_finite;
  };
  const bool single = sample.type == kGauge || sample.type == kUntyped;
  const bool finite = std::isfinite(sample.value) &&
                      std::isfinite(sample.histogram.sample_sum) &&
                      std::isfinite(sample.summary.sample_sum);
  if (!finite && !(single && is_meant(sample.value))) {
    Skip(SkipReason::kNonFinite, sample.Written());
    return false;
  }
  // The quantiles of an empty summary are NaN; that is not an error.
  std::erase_if(sample.summary.quantile, [](const auto& quantile) {
    return std::isnan(quantile.value);
  });
  const auto unknown = std::erase_if(
      sample.summary.quantile,
      [&](const auto& quantile) { return !is_meant(quantile.value); });
  if (unknown > 0) Skip(SkipReason::kNonFinite, sample.Written(), unknown);
  if (sample.type != kCounter || sample.value >= 0) return true;
  Skip(SkipReason::kNegativeCounter, sample.Written());
  return false;
}

bool Samples::AcceptLabels(Sample& sample) {
  auto& labels = sample.labels;
  const auto skip = [&](SkipReason reason, const Label& label) {
    Skip(reason, sample.Written() + "{" + label.name + "}");
    return false;
  };
  // Prometheus treats a label with an empty value as absent.
  std::erase_if(labels, [](const auto& label) { return label.value.empty(); });
  if (labels.size() > kMaxLabels) {
    Skip(SkipReason::kLabel, sample.Written());
    return false;
  }
  for (auto& label : labels) {
    if (const auto fault = MendLabel(label)) return skip(*fault, label);
    if (IsLabelOfFormat(label.name, sample.type)) {
      return skip(SkipReason::kLabel, label);
    }
  }
  std::sort(labels.begin(), labels.end());
  const auto twice = std::ranges::adjacent_find(labels, {}, &Label::name);
  if (twice != labels.end()) return skip(SkipReason::kLabel, *twice);
  RenameTargetLabels(labels);
  std::sort(labels.begin(), labels.end());
  return true;
}

// Whether the series is new. If it exists, a later value replaces its value.
bool Samples::IsNew(std::string_view name, std::string_view series,
                    const Sample& sample) {
  const auto found = series_.find(series);
  if (found == series_.end()) return true;
  auto& place = found->second;
  if (TypeOf(name) != sample.type || sample.time == place.time) {
    Skip(SkipReason::kDuplicate, sample.Written());
  } else if (sample.time > place.time) {
    place.time = sample.time;
    families_.SetValue(name, place.at, sample.value);
  }
  return false;
}

std::optional<MetricType> Samples::TypeOf(std::string_view name) const {
  const auto found = claims_.find(name);
  if (found == claims_.end()) return std::nullopt;
  return found->second.type;
}

// The first sample of a name claims the name for its type. A histogram or
// summary also claims the names of its other series.
bool Samples::ClaimName(std::string_view name, const Sample& sample) {
  const auto type_of = [&](std::string_view other) { return TypeOf(other); };
  if (const auto found = claims_.find(name); found != claims_.end()) {
    const auto& [type, written] = found->second;
    if (type == sample.type) return true;
    // Two names of the peer may convert to the same name.
    Skip(written == std::string_view(sample.Written()) ? SkipReason::kType
                                                       : SkipReason::kDuplicate,
         sample.Written());
    return false;
  }
  if (IsPartOfFamily(name, type_of) ||
      HasPartsAmong(name, sample.type, type_of)) {
    Skip(SkipReason::kDuplicate, sample.Written());
    return false;
  }
  claims_.emplace(
      name, Claim{sample.type, std::pmr::string(sample.Written(), &memory_)});
  return true;
}

bool Samples::TakeRoom(std::string_view name, std::string_view series,
                       const Sample& sample) {
  const std::size_t lines = LinesOf(sample);
  // Each line repeats name and labels; the first line of a family adds HELP.
  constexpr std::size_t kValueBytes = 32;
  const std::size_t bytes = lines * (series.size() + kValueBytes) +
                            (claims_.contains(name) ? 0 : sample.help.size());
  if (lines_ + lines > options_.max_series ||
      bytes_ + bytes > options_.max_bytes) {
    Skip(SkipReason::kSeriesLimit, sample.Written());
    return false;
  }
  if (!ClaimName(name, sample)) return false;
  lines_ += lines;
  bytes_ += bytes;
  return true;
}

void Samples::Keep(std::string_view name, Sample sample) {
  if (!options_.peer.empty()) {
    sample.labels.push_back({"peer", options_.peer});
  }
  const Family family{name, sample.type, sample.help};
  if (sample.type == kHistogram) {
    families_.Add(family, std::move(sample.histogram),
                  std::move(sample.labels));
  } else if (sample.type == kSummary) {
    families_.Add(family, std::move(sample.summary), std::move(sample.labels));
  } else {
    families_.Add(family, sample.value, std::move(sample.labels));
  }
}

void Samples::Add(Sample sample) {
  if (sample.help.empty() || sample.help.size() > kMaxHelp) {
    sample.help = "Value of the peer's stats.";
  }
  const auto name = AcceptName(sample);
  if (!name || !AcceptValue(sample) || !AcceptLabels(sample)) return;
  const auto series = SeriesKey(*name, sample.labels);
  if (!IsNew(*name, series, sample) || !TakeRoom(*name, series, sample)) return;
  series_.emplace(series, Place{sample.time, families_.Count(*name)});
  Keep(*name, std::move(sample));
}

}  // namespace ipfs_peer_exporter::peer
