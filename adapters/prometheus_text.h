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

  // kNothing: an empty line, a comment or # UNIT. kBroken: a sample of which
  // only the name and labels could be read; only in the loose grammar.
  Kind kind = Kind::kNothing;
  std::string name;  // of the family or the sample
  std::string text;  // of # HELP, or the word of # TYPE
  Labels labels;     // sorted; without labels whose value is empty
  double value = 0;
  bool beyond = false;     // the number exceeds a double; `value` is infinite
  double time = INFINITY;  // timestamp in its own unit; INFINITY means now
};

// Parses a line without its line feed. Checks the syntax of exemplars and
// discards them. Errors: kParse.
Result<TextLine> ParseTextLine(std::string_view line,
                               Grammar grammar = Grammar::kStrict);

// Whether a sample of this name belongs to the family: x unless it is a
// histogram, x_sum and x_count of a histogram or summary, x_bucket of a
// histogram.
bool IsSampleOf(std::string_view sample, std::string_view family,
                prometheus::MetricType type);

// The type for a word of # TYPE; kParse if the word is unknown.
Result<prometheus::MetricType> ParseType(std::string_view word);

}  // namespace ipfs_peer_exporter
