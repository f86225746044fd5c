#pragma once

#include <cmath>
#include <string>
#include <string_view>

#include "adapters/families.h"
#include "adapters/result.h"
#include "adapters/text_scanner.h"

namespace ipfs_peer_exporter {

// One line of the Prometheus text format 0.0.4
// (https://prometheus.io/docs/instrumenting/exposition_formats/) or of
// OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/).
struct TextLine {
  enum class Kind { kNothing, kHelp, kType, kSample, kBroken, kEnd };

  // kNothing: empty, a comment, # UNIT. kBroken: a sample of which name and
  // labels alone could be read; only the loose grammar has it.
  Kind kind = Kind::kNothing;
  std::string name;  // of the family or the sample
  std::string text;  // of # HELP, or the word of # TYPE
  Labels labels;     // in order, without those of no value: they are none
  double value = 0;
  bool beyond = false;     // the value was a number that no double holds
  double time = INFINITY;  // the timestamp, in its own unit; now without one
};

// Reads a line without its line feed. Exemplars are checked for their form
// alone.
Result<TextLine> ParseTextLine(std::string_view line,
                               Grammar grammar = Grammar::kStrict);

// Whether a sample of this name belongs to a family of that name and type: x
// or, of a histogram or summary, x_bucket, x_sum and x_count.
bool IsSampleOf(std::string_view sample, std::string_view family,
                prometheus::MetricType type);

// The type that a word of # TYPE stands for.
Result<prometheus::MetricType> ParseType(std::string_view word);

}  // namespace ipfs_peer_exporter
