#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

#include "adapters/rendered_family.h"

namespace ipfs_peer_exporter {

inline constexpr std::string_view kTextFormat =
    "text/plain; version=0.0.4; charset=utf-8";

std::vector<RenderedFamily> Render(
    const std::vector<prometheus::MetricFamily>& families);

// The shortest text that reads back as `value`, whole numbers without exponent
// below 2^53.
void AppendNumber(std::string& out, double value);

}  // namespace ipfs_peer_exporter
