#pragma once

#include <string>

#include "adapters/json.h"
#include "adapters/peer/samples.h"
#include "adapters/result.h"

namespace ipfs_peer_exporter::peer {

// Reads JSON without any configuration:
//
//   {"model": {"accuracy": 0.93}, "trainings_total": 7, "info": {"arch": "x"}}
//
// A number or boolean becomes a gauge named after its path
// (peer_model_accuracy), or a counter if the path ends in _total; strings under
// a top-level "info" become the labels of peer_info. Everything else is
// skipped.
//
// A top-level list "metrics" is JSON that describes itself: see described.h.
//
// In JSON Lines, only the last complete line is read.
//
// Changes `bytes`. An error means that nothing could be read.
Status TranslateJson(std::string& bytes, Samples& samples);

// Mends and parses a peer's document of any shape; in JSON Lines, the last
// complete line. Skips values nested too deep and a truncated last line.
// Changes `bytes`, which must outlive the document.
Result<JsonDocument> ReadDocument(std::string& bytes, Samples& samples);

}  // namespace ipfs_peer_exporter::peer
