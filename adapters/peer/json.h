#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/peer/distributions.h"
#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// JSON without any configuration:
//
//   {"model": {"accuracy": 0.93}, "trainings_total": 7, "info": {"arch": "x"}}
//
// A number or boolean becomes a gauge named by its path (peer_model_accuracy),
// a counter where the path ends in _total; strings under a top-level "info"
// become the labels of peer_info. Everything else is skipped.
//
// JSON that describes itself has a top-level list "metrics" of
//
//   {"name": …, "type": …, "help": …, "unit": …, "labels": {…}, "value": …}
//
// with the types gauge, counter, info (labels alone), histogram and summary. In
// place of "value" the last two have "sum" and "count", with them a histogram
// "buckets": {"0.1": 3, "+Inf": 5} (cumulative) and a summary
// "quantiles": {"0.5": 0.2, "0.9": 0.7}.
//
// Of JSON Lines the last complete one counts.
//
// Changes `bytes`. An error means that nothing could be read.
Status TranslateJson(std::string& bytes, Samples& samples);

// The document of a peer, whatever its shape, mended; of JSON Lines the last
// one. What is nested too deep, and a line that was cut off, is skipped. It
// points into `bytes`.
Result<rapidjson::Document> ReadDocument(std::string& bytes, Samples& samples);

// Numbers, and 0 and 1 for false and true.
std::optional<double> NumberOrBool(const rapidjson::Value& value);

// 3, or 3.0: some languages have no other numbers.
std::optional<std::uint64_t> ReadCount(const rapidjson::Value& value);

// {"0.1": 3, "+Inf": 5}
std::optional<Buckets> ReadBuckets(const rapidjson::Value& value);

}  // namespace ipfs_peer_exporter::peer
