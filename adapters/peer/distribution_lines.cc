#include "adapters/peer/distribution_lines.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ipfs_peer_exporter::peer {
namespace {

// Removes the label of the bound. The other labels identify the histogram or
// summary.
std::optional<double> TakeBound(Labels& labels, Role role) {
  const auto found =
      std::ranges::find(labels, role == Role::kBucket ? "le" : "quantile",
                        &prometheus::ClientMetric::Label::name);
  if (found == labels.end()) return std::nullopt;
  const auto bound = ParseBound(found->value);
  labels.erase(found);
  if (role == Role::kQuantile && bound && (*bound < 0 || *bound > 1)) {
    return std::nullopt;
  }
  return bound;
}

}  // namespace

void DistributionLines::Read(Role role, TextLine line, Samples& samples) {
  const bool is_count = role == Role::kBucket || role == Role::kCount;
  if (!is_count &&
      (line.beyond || (role == Role::kSum && !std::isfinite(line.value)))) {
    return samples.Skip(SkipReason::kNonFinite, line.name);
  }
  const auto before = TimeBefore(line);
  if (before == line.time) {
    return samples.Skip(SkipReason::kDuplicate, line.name);
  }
  if (before && *before > line.time) return;
  if (role == Role::kBucket || role == Role::kQuantile) {
    return SetAtBound(role, line, !before, samples);
  }
  auto& lines = lines_[std::move(line.labels)];
  if (role == Role::kSum) {
    if (line.name.ends_with("_gsum")) parts_.sum = "_gsum";
    lines.known.sum = line.value;
  } else {
    if (line.name.ends_with("_gcount")) parts_.count = "_gcount";
    lines.known.count = Whole(line.value);
    if (!lines.known.count) lines.broken = true;
  }
}

// Returns the latest time of the series so far, and stores the later one.
std::optional<double> DistributionLines::TimeBefore(const TextLine& line) {
  const auto [found, is_first] =
      times_.emplace(SeriesKey(line.name, line.labels), line.time);
  if (is_first) return std::nullopt;
  return std::exchange(found->second, std::max(found->second, line.time));
}

void DistributionLines::SetAtBound(Role role, TextLine& line, bool is_first,
                                   Samples& samples) {
  const auto bound = TakeBound(line.labels, role);
  if (!bound) return samples.Skip(SkipReason::kType, line.name);
  // An idle summary has NaN for its quantiles.
  const bool nothing = role == Role::kQuantile && std::isnan(line.value);
  if (nothing && !lines_.contains(line.labels)) return;
  auto& [known, broken] = lines_[std::move(line.labels)];
  // The same bound may be written in two ways.
  const bool there = role == Role::kBucket ? known.buckets.contains(*bound)
                                           : known.quantiles.contains(*bound);
  if (is_first && there) {
    return samples.Skip(SkipReason::kDuplicate, line.name);
  }
  if (nothing) {
    known.quantiles.erase(*bound);
  } else if (role == Role::kQuantile) {
    known.quantiles[*bound] = line.value;
  } else if (const auto below = Whole(line.value)) {
    known.buckets[*bound] = *below;
  } else {
    broken = true;
  }
}

void DistributionLines::Break(Role role, TextLine line) {
  TakeBound(line.labels, role);
  lines_[std::move(line.labels)].broken = true;
}

void DistributionLines::End(const Sample& family, Samples& samples) {
  // The time of clear() grows with the largest family so far.
  decltype(times_)().swap(times_);
  auto all = std::exchange(lines_, {});
  const auto parts = std::exchange(parts_, {});
  std::erase_if(all, [&](const auto& of) {
    if (of.second.broken) samples.Skip(SkipReason::kType, family.name);
    return of.second.broken;
  });
  const bool whole = std::ranges::all_of(
      all, [](const auto& of) { return of.second.known.IsWhole(); });
  for (const auto& [labels, lines] : all) {
    auto sample = family;
    sample.labels = labels;
    sample.means_non_finite = true;
    AddDistribution(lines.known, std::move(sample), !whole, samples, parts);
  }
}

}  // namespace ipfs_peer_exporter::peer
