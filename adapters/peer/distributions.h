#pragma once

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

// What is known of one histogram or summary.
struct Distribution {
  Buckets buckets;  // with that of +Inf, if it is known
  Quantiles quantiles;
  std::optional<double> sum;
  std::optional<std::uint64_t> count;

  bool IsEmpty() const;
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

// Adds `distribution` with the name, type, help and labels of `sample`. With
// `in_parts` it becomes untyped samples with the names of its lines (x_bucket,
// x_sum, x_count), which are the same series to Prometheus. If one distribution
// of a family is incomplete, the whole family has to be in parts, because a
// name has only one type. Skips buckets whose counts decrease.
void AddDistribution(const Distribution& distribution, Sample sample,
                     bool in_parts, Samples& samples,
                     const PartNames& names = {});

}  // namespace ipfs_peer_exporter::peer
