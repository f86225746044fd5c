#include "adapters/peer/samples.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "adapters/ipfs/collector.h"
#include "adapters/json.h"

namespace ipfs_peer_exporter::peer {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view kReservedPrefixes[] = {"ipfs_peer_exporter_",
                                                  "process_", "go_", "scrape_"};
constexpr std::string_view kReservedLabels[] = {"job", "instance", "peer", "le",
                                                "quantile"};

std::optional<prometheus::MetricType> TypeInCatalogue(std::string_view name) {
  for (const auto* collector : ipfs::Collectors()) {
    for (const auto& family : collector->families) {
      if (family.name == name) return family.type;
    }
  }
  return std::nullopt;
}

// Names that this exporter or Prometheus gives out.
bool IsReservedName(std::string_view name) {
  if (name == "up" || name == "peer_up") return true;
  for (const auto prefix : kReservedPrefixes) {
    if (name.starts_with(prefix)) return true;
  }
  // All of the catalogue do: other names need not be looked up.
  if (!name.starts_with("ipfs_")) return false;
  return TypeInCatalogue(name) || IsPartOfFamily(name, TypeInCatalogue);
}

bool IsReservedLabel(std::string_view name) {
  return name.starts_with("__") ||
         std::find(std::begin(kReservedLabels), std::end(kReservedLabels),
                   name) != std::end(kReservedLabels);
}

std::string WithNamespace(std::string_view name_space, std::string_view name) {
  const std::string prefix = std::string(name_space) + "_";
  std::string full(name);
  if (name != name_space && !name.starts_with(prefix)) full.insert(0, prefix);
  return full;
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

std::string SnakeCase(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool after_word =
        i > 0 && (IsLower(text[i - 1]) || IsDigit(text[i - 1]));
    const bool ends_acronym = i > 0 && IsUpper(text[i - 1]) &&
                              i + 1 < text.size() && IsLower(text[i + 1]);
    if (IsUpper(c)) {
      if (after_word || ends_acronym) name += '_';
      name += static_cast<char>(c - 'A' + 'a');
    } else {
      name += IsLower(c) || IsDigit(c) ? c : '_';
    }
  }
  return name;
}

prometheus::MetricType TypeOfName(std::string_view name) {
  return name.ends_with("_total") ? kCounter : kGauge;
}

bool IsName(std::string_view text) {
  if (text.empty() || IsDigit(text.front())) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '_';
  });
}

void Samples::Skip(SkipReason reason, std::string_view name,
                   std::uint64_t count) {
  skipped_[reason] += count;
  if (name.empty()) return;
  auto& names = skipped_names_[reason];
  const auto kept = name.substr(0, kMaxName);
  if (names.size() < kMaxSkippedNames && !std::ranges::count(names, kept)) {
    names.emplace_back(kept);
  }
}

bool Samples::AcceptLabel(const prometheus::ClientMetric::Label& label) {
  if (IsReservedLabel(label.name)) {
    Skip(SkipReason::kReserved);
  } else if (!IsName(label.name) || label.name.size() > kMaxName ||
             label.value.size() > kMaxLabelValue) {
    Skip(SkipReason::kLabel);
  } else if (!IsCleanUtf8(label.value)) {
    Skip(SkipReason::kEncoding);
  } else {
    return true;
  }
  return false;
}

// A name is taken by its first sample, with its type, and so are those that a
// histogram or summary will be printed under as well.
bool Samples::ClaimName(const std::string& name, prometheus::MetricType type) {
  const auto type_of =
      [&](std::string_view other) -> std::optional<prometheus::MetricType> {
    const auto found = types_.find(other);
    if (found == types_.end()) return std::nullopt;
    return found->second;
  };
  if (const auto taken = type_of(name)) {
    if (*taken != type) Skip(SkipReason::kType);
    return *taken == type;
  }
  if (IsPartOfFamily(name, type_of) || HasPartsAmong(name, type, type_of)) {
    Skip(SkipReason::kDuplicate);
    return false;
  }
  types_.emplace(name, type);
  return true;
}

void Samples::Add(Sample sample) {
  if (sample.help.empty() || sample.help.size() > kMaxHelp) {
    sample.help = "Value of the peer's stats.";
  }
  const auto name = WithNamespace(options_.name_space, sample.name);
  if (!IsName(name) || name.size() > kMaxName) return Skip(SkipReason::kName);
  if (IsReservedName(name)) return Skip(SkipReason::kReserved);
  if (!std::isfinite(sample.value) ||
      !std::isfinite(sample.histogram.sample_sum) ||
      !std::isfinite(sample.summary.sample_sum)) {
    return Skip(SkipReason::kNonFinite);
  }
  // A summary of nothing has NaN for its quantiles.
  const auto unknown = std::erase_if(
      sample.summary.quantile,
      [](const auto& quantile) { return !std::isfinite(quantile.value); });
  if (unknown > 0) Skip(SkipReason::kNonFinite, name, unknown);
  if (sample.type == kCounter && sample.value < 0) {
    return Skip(SkipReason::kNegativeCounter);
  }
  // To Prometheus they are none.
  std::erase_if(sample.labels,
                [](const auto& label) { return label.value.empty(); });
  if (sample.labels.size() > kMaxLabels) return Skip(SkipReason::kLabel);
  for (const auto& label : sample.labels) {
    if (!AcceptLabel(label)) return;
  }
  std::sort(sample.labels.begin(), sample.labels.end());
  const auto twice = std::ranges::adjacent_find(
      sample.labels, {}, &prometheus::ClientMetric::Label::name);
  if (twice != sample.labels.end()) return Skip(SkipReason::kLabel);
  auto series = SeriesKey(name, sample.labels);
  if (series_.contains(series)) return Skip(SkipReason::kDuplicate);
  const std::size_t lines = LinesOf(sample);
  // Each line repeats name and labels; the first of a family comes with HELP.
  constexpr std::size_t kValueBytes = 32;
  const std::size_t bytes = lines * (series.size() + kValueBytes) +
                            (types_.contains(name) ? 0 : sample.help.size());
  if (lines_ + lines > options_.max_series ||
      bytes_ + bytes > options_.max_bytes) {
    return Skip(SkipReason::kSeriesLimit);
  }
  if (!ClaimName(name, sample.type)) return;

  lines_ += lines;
  bytes_ += bytes;
  series_.insert(std::move(series));
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

}  // namespace ipfs_peer_exporter::peer
