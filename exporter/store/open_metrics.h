// How OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/)
// differs from the text format 0.0.4: the lines before the samples.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

#include "adapters/rendered_family.h"

namespace ipfs_peer_exporter {

// Whether OpenMetrics allows the name and the values of a family for its type.
// A gauge called x_info is checked for the type info; other gauges, like
// untyped families, are always allowed.
class OpenMetricsRules {
 public:
  OpenMetricsRules(std::string_view name, prometheus::MetricType type);

  bool AllowName() const { return allow_name_; }
  bool Allow(const prometheus::ClientMetric& metric) const {
    return !has_rules_ || Check(metric);
  }

 private:
  bool Check(const prometheus::ClientMetric& metric) const;

  const prometheus::MetricType type_;
  bool has_rules_;
  bool allow_name_;
};

// The names that no other family of a page may have if this one is to keep its
// type: the names of its samples, its name in OpenMetrics, and x_created.
std::vector<std::string> OpenMetricsNames(const RenderedFamily& family);

// Appends # TYPE, # UNIT and # HELP of a family whose type needs no other names
// for its samples: not of a histogram or summary that is served in parts.
// `keeps_type` is false for a family that becomes unknown, or a gauge if it is
// called x_info. `help` is the text as HELP of 0.0.4 has it.
void AppendOpenMetricsHeader(std::string& page, std::string_view name,
                             prometheus::MetricType type, bool keeps_type,
                             std::string_view help);

}  // namespace ipfs_peer_exporter
