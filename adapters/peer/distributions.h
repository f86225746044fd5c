#pragma once

#include <prometheus/client_metric.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "adapters/peer/samples.h"

namespace ipfs_peer_exporter::peer {

using Buckets = std::map<double, std::uint64_t>;  // by upper bound, cumulative
using Quantiles = std::map<double, double>;       // by quantile, 0 to 1

// What the text of a bound or quantile stands for: a number or +Inf.
std::optional<double> ParseBound(std::string_view text);

// A number that counts something.
std::optional<std::uint64_t> Whole(double number);

// Whether `value` could be set: not where another one is already.
template <typename T>
bool Put(std::map<double, T>& values, double at, T value) {
  const auto [found, is_new] = values.emplace(at, value);
  return is_new || found->second == value;
}

// Completed by +Inf, which holds `count`; nothing when that is no histogram.
std::optional<prometheus::ClientMetric::Histogram> MakeHistogram(
    Buckets buckets, std::uint64_t count, double sum);

prometheus::ClientMetric::Summary MakeSummary(const Quantiles& quantiles,
                                              std::uint64_t count, double sum);

// What is known of one histogram or summary.
struct Distribution {
  Buckets buckets;  // with that of +Inf, if it is known
  Quantiles quantiles;
  std::optional<double> sum;
  std::optional<std::uint64_t> count;

  // The count or, without it, what the bucket of +Inf holds.
  std::optional<std::uint64_t> Count() const;
  // Whether there are a sum and a count, and no bucket of +Inf that differs.
  bool IsWhole() const;
};

// The names of a family's lines for the sum and the count.
struct PartNames {
  std::string_view sum = "_sum";
  std::string_view count = "_count";
};

// Adds what is whole as a histogram or summary with the name, type, help and
// labels of `sample`; skips buckets that fall.
void AddWhole(const Distribution& distribution, Sample sample,
              Samples& samples);

// Adds what is not whole as untyped samples under the names of its lines, which
// make the same series in Prometheus: x_bucket, x_sum, x_count.
void AddParts(const Distribution& distribution, const Sample& sample,
              const PartNames& names, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
