#pragma once

#include <string>
#include <string_view>

#include "adapters/families.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter {

// One line of the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/) or of
// OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).
struct TextLine {
  enum class Kind { kNothing, kHelp, kType, kSample, kEnd };

  Kind kind = Kind::kNothing;  // nothing: empty, a comment, # UNIT
  std::string name;            // of the family or the sample
  std::string text;            // of # HELP, or the word of # TYPE
  Labels labels;  // in order, without those of no value: they are none
  double value = 0;
};

// Reads a line without its line feed. Timestamps and exemplars are checked for
// their form alone.
Result<TextLine> ParseTextLine(std::string_view line);

// Whether a sample of this name belongs to a family of that name and type: x
// or, of a histogram or summary, x_bucket, x_sum and x_count.
bool IsSampleOf(std::string_view sample, std::string_view family,
                prometheus::MetricType type);

// The type that a word of # TYPE stands for.
Result<prometheus::MetricType> ParseType(std::string_view word);

}  // namespace ipfs_peer_exporter
