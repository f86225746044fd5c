#pragma once

#include <rapidjson/document.h>

#include <optional>

#include "adapters/peer/distributions.h"

// Reads the values of a peer's JSON.
namespace ipfs_peer_exporter::peer {

// The value of a number, 1 for true, 0 for false; nullopt for other values.
std::optional<double> NumberOrBool(const rapidjson::Value& value);

// Reads a histogram or summary. `buckets` and `quantiles` are objects such as
// {"0.1": 3, "+Inf": 5}; `sum` and `count` may be null. Returns nullopt if a
// member is malformed, or if no member has a value.
std::optional<Distribution> ReadHistogram(const rapidjson::Value& buckets,
                                          const rapidjson::Value& sum,
                                          const rapidjson::Value& count);
std::optional<Distribution> ReadSummary(const rapidjson::Value& quantiles,
                                        const rapidjson::Value& sum,
                                        const rapidjson::Value& count);

}  // namespace ipfs_peer_exporter::peer
