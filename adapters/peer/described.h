#pragma once

#include <rapidjson/document.h>

#include "adapters/peer/samples.h"

namespace ipfs_peer_exporter::peer {

// JSON that describes itself: a list of
//
//   {"name": …, "type": …, "help": …, "unit": …, "labels": {…}, "value": …}
//
// with the types gauge, counter, info (labels only), histogram and summary.
// Instead of "value", histograms and summaries have "sum" and "count"; a
// histogram also has "buckets": {"0.1": 3, "+Inf": 5} (cumulative), a summary
// "quantiles": {"0.5": 0.2, "0.9": 0.7}.
//
// Adds the metrics of the array `metrics` and skips invalid ones.
void AddDescribed(const rapidjson::Value& metrics, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
