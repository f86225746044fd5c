#include "adapters/peer/distributions.h"

#include <cmath>

#include "adapters/number.h"

namespace ipfs_peer_exporter::peer {

std::optional<double> ParseBound(std::string_view text) {
  if (text == "+Inf" || text == "Inf") return INFINITY;
  const auto bound = ReadNumber(text);
  return bound && std::isfinite(*bound) ? bound : std::nullopt;
}

std::optional<std::uint64_t> Whole(double number) {
  constexpr double kLimit = 18446744073709551616.0;  // 2^64
  if (!(number >= 0 && number < kLimit) || number != std::trunc(number)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(number);
}

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

}  // namespace ipfs_peer_exporter::peer
