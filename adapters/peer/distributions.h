#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "adapters/peer/samples.h"

namespace ipfs_peer_exporter::peer {

using Buckets = std::map<double, std::uint64_t>;  // by upper bound, cumulative
using Quantiles = std::map<double, double>;       // by quantile, 0 to 1

// Converts the text of a bound or quantile: a finite number or +Inf; nullopt
// for other text.
std::optional<double> ParseBound(std::string_view text);

// `number` as a count; nullopt unless it is whole, at least 0 and below 2^64.
std::optional<std::uint64_t> Whole(double number);

// Sets `value` at `at`; false if a different value is there already.
template <typename T>
bool Put(std::map<double, T>& values, double at, T value) {
  const auto [found, is_new] = values.emplace(at, value);
  return is_new || found->second == value;
}

// The known parts of one histogram or summary.
struct Distribution {
  Buckets buckets;  // with the +Inf bucket, if known
  Quantiles quantiles;
  std::optional<double> sum;
  std::optional<std::uint64_t> count;

  bool IsEmpty() const;
  // The count or, without one, the count of the +Inf bucket.
  std::optional<std::uint64_t> Count() const;
  // Whether sum and Count() are known and the +Inf bucket does not differ.
  bool IsWhole() const;
};

// Suffixes of a family's lines for the sum and the count.
struct PartNames {
  std::string_view sum = "_sum";
  std::string_view count = "_count";
};

// Adds `distribution` with the name, type, help and labels of `sample`. With
// `in_parts` it becomes untyped samples named like its lines (x_bucket, x_sum,
// x_count), which are the same series for Prometheus. If one distribution of a
// family is incomplete, the whole family must be in parts, because a name has
// only one type. Without `in_parts`, skips histograms whose counts decrease.
void AddDistribution(const Distribution& distribution, Sample sample,
                     bool in_parts, Samples& samples,
                     const PartNames& names = {});

}  // namespace ipfs_peer_exporter::peer
