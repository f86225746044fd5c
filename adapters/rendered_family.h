#pragma once

#include <prometheus/metric_family.h>

#include <string>

namespace ipfs_peer_exporter {

// One family in the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/). OpenMetrics
// has the same samples and other headers.
struct RenderedFamily {
  std::string name;
  prometheus::MetricType type;
  std::string header;   // the lines # HELP and # TYPE
  std::string samples;  // the lines after the header
  // Whether OpenMetrics allows these values for the type: of a gauge called
  // x_info, for its type info.
  bool fits_open_metrics = false;
};

}  // namespace ipfs_peer_exporter
