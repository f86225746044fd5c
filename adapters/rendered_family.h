#pragma once

#include <prometheus/metric_family.h>

#include <string>

namespace ipfs_peer_exporter {

// One family in the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct RenderedFamily {
  std::string name;
  prometheus::MetricType type;
  std::string header;   // the lines # HELP and # TYPE
  std::string samples;  // the lines after the header
};

}  // namespace ipfs_peer_exporter
