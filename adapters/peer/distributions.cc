#include "adapters/peer/distributions.h"

#include <cmath>
#include <string>
#include <utility>

#include "adapters/char_set.h"
#include "adapters/number.h"

namespace ipfs_peer_exporter::peer {

namespace {

// Adds the +Inf bucket with `count`; nullopt if it has a different count
// already or the counts decrease.
std::optional<prometheus::ClientMetric::Histogram> MakeHistogram(
    Buckets buckets, std::uint64_t count, double sum) {
  if (!Put(buckets, INFINITY, count)) return std::nullopt;
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = count;
  histogram.sample_sum = sum;
  for (const auto& [bound, below] : buckets) {
    if (!histogram.bucket.empty() &&
        below < histogram.bucket.back().cumulative_count) {
      return std::nullopt;
    }
    histogram.bucket.push_back({below, bound});
  }
  return histogram;
}

prometheus::ClientMetric::Summary MakeSummary(const Quantiles& quantiles,
                                              std::uint64_t count, double sum) {
  prometheus::ClientMetric::Summary summary;
  summary.sample_count = count;
  summary.sample_sum = sum;
  for (const auto& [quantile, value] : quantiles) {
    summary.quantile.push_back({quantile, value});
  }
  return summary;
}

void AddWhole(const Distribution& of, Sample sample, Samples& samples) {
  if (sample.type == kSummary) {
    sample.summary = MakeSummary(of.quantiles, *of.Count(), *of.sum);
  } else {
    auto histogram = MakeHistogram(of.buckets, *of.Count(), *of.sum);
    if (!histogram) return samples.Skip(SkipReason::kType, sample.Written());
    sample.histogram = std::move(*histogram);
  }
  samples.Add(std::move(sample));
}

void AddParts(const Distribution& of, const Sample& sample,
              const PartNames& names, Samples& samples) {
  const auto add = [&](std::string_view suffix, double value,
                       std::string_view label = {}, double bound = 0) {
    Sample part{.name = sample.name + std::string(suffix),
                .type = kUntyped,
                .help = sample.help,
                .labels = sample.labels,
                .value = value,
                .means_non_finite = sample.means_non_finite};
    if (!label.empty()) {
      std::string text;
      AppendBound(text, bound);
      part.labels.push_back({std::string(label), std::move(text)});
    }
    samples.Add(std::move(part));
  };
  for (const auto& [bound, below] : of.buckets) {
    add("_bucket", static_cast<double>(below), "le", bound);
  }
  for (const auto& [quantile, value] : of.quantiles) {
    add("", value, "quantile", quantile);
  }
  if (of.sum) add(names.sum, *of.sum);
  if (of.count) add(names.count, static_cast<double>(*of.count));
}

}  // namespace

std::optional<double> ParseBound(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto bound = ReadNumber(text);
  if (!bound || std::isfinite(*bound)) return bound;
  static constexpr CharSet kDigits("0123456789");
  const bool beyond = kDigits.HasAny(text);
  return *bound > 0 && !beyond ? bound : std::nullopt;
}

std::optional<std::uint64_t> Whole(double number) {
  constexpr double kLimit = 18446744073709551616.0;  // 2^64
  if (!(number >= 0 && number < kLimit) || number != std::trunc(number)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(number);
}

bool Distribution::IsEmpty() const {
  return buckets.empty() && quantiles.empty() && !sum && !count;
}

std::optional<std::uint64_t> Distribution::Count() const {
  if (count) return count;
  const auto all = buckets.find(INFINITY);
  if (all == buckets.end()) return std::nullopt;
  return all->second;
}

bool Distribution::IsWhole() const {
  const auto all = buckets.find(INFINITY);
  const bool differs = count && all != buckets.end() && all->second != *count;
  return sum && Count() && !differs;
}

void AddDistribution(const Distribution& of, Sample sample, bool in_parts,
                     Samples& samples, const PartNames& names) {
  if (in_parts) return AddParts(of, sample, names, samples);
  AddWhole(of, std::move(sample), samples);
}

}  // namespace ipfs_peer_exporter::peer
