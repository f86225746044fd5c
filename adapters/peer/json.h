#pragma once

#include <rapidjson/document.h>

#include <string>

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
// A top-level list "metrics" describes itself: described.h.
//
// Of JSON Lines the last complete one counts.
//
// Changes `bytes`. An error means that nothing could be read.
Status TranslateJson(std::string& bytes, Samples& samples);

// The document of a peer, whatever its shape, mended; of JSON Lines the last
// one. What is nested too deep, and a line that was cut off, is skipped. It
// points into `bytes`.
Result<rapidjson::Document> ReadDocument(std::string& bytes, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
