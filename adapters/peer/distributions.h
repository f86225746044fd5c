#pragma once

#include <prometheus/client_metric.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

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

}  // namespace ipfs_peer_exporter::peer
