#pragma once

#include <prometheus/metric_family.h>

#include <string>

namespace ipfs_peer_exporter {

// One family as the Prometheus text format 0.0.4 prints it
// (https://prometheus.io/docs/instrumenting/exposition_formats/).
struct RenderedFamily {
  std::string name;
  prometheus::MetricType type;
  std::string header;   // # HELP and # TYPE
  std::string samples;  // the lines after it
};

}  // namespace ipfs_peer_exporter
