#pragma once

#include <rapidjson/document.h>

#include <optional>

#include "adapters/peer/distributions.h"

// What the values of a peer's JSON stand for.
namespace ipfs_peer_exporter::peer {

// A number, or 0 and 1 for false and true.
std::optional<double> NumberOrBool(const rapidjson::Value& value);

// A histogram or summary of these members. `buckets` and `quantiles` are
// objects such as {"0.1": 3, "+Inf": 5}; `sum` and `count` may be null. Nothing
// when a member is malformed, or when there is no value in any.
std::optional<Distribution> ReadHistogram(const rapidjson::Value& buckets,
                                          const rapidjson::Value& sum,
                                          const rapidjson::Value& count);
std::optional<Distribution> ReadSummary(const rapidjson::Value& quantiles,
                                        const rapidjson::Value& sum,
                                        const rapidjson::Value& count);

}  // namespace ipfs_peer_exporter::peer
