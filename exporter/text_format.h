#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace ipfs_peer_exporter {

// One family as the Prometheus text format 0.0.4 prints it
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct RenderedFamily {
  std::string name;
  prometheus::MetricType type;
  std::string header;   // # HELP and # TYPE
  std::string samples;  // the lines after it
};

inline constexpr std::string_view kTextFormat =
    "text/plain; version=0.0.4; charset=utf-8";

std::vector<RenderedFamily> Render(
    const std::vector<prometheus::MetricFamily>& families);

// The shortest text that reads back as `value`, whole numbers without exponent
// below 2^53.
void AppendNumber(std::string& out, double value);

}  // namespace ipfs_peer_exporter
