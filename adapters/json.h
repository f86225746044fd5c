#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// What a document of a neighbour may not exceed. A document is read whole, so
// its number of values bounds the memory it takes (16 bytes each, twice).
inline constexpr int kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxJsonValues = 128 * 1024;

enum class DeepJson {
  kRefuse,  // a document deeper than kMaxJsonDepth is an error
  kPrune,   // what lies deeper becomes {}, and is counted
};

struct JsonOptions {
  DeepJson deep = DeepJson::kRefuse;
  bool allow_nan = false;           // NaN, Infinity: what Python's json writes
  std::uint64_t* pruned = nullptr;  // with kPrune: how many subtrees
};

// Parses one complete JSON value. Changes `bytes`: the strings of the document
// point into it, so it has to live as long as the document.
Result<rapidjson::Document> ParseJson(std::string& bytes,
                                      const JsonOptions& options = {});

// The member `name` of `object`; null when there is none, or no object.
const rapidjson::Value& Member(const rapidjson::Value& object,
                               std::string_view name);

// Whether `object` has a list under `name`; Go writes an empty one as null.
bool HasList(const rapidjson::Value& object, std::string_view name);

// Numbers and decimal strings (js-ipfs sends counters as strings).
std::optional<double> Number(const rapidjson::Value& value);
// The same of a member; absent when negative too, which only placeholders are.
std::optional<double> Count(const rapidjson::Value& object,
                            std::string_view name);

// The text of a string value; empty for everything else.
std::string_view Text(const rapidjson::Value& value);

// The text as a label of ours may carry it; empty when it is not clean or over
// 256 bytes: no daemon says such things.
std::string LabelText(const rapidjson::Value& value);

}  // namespace ipfs_peer_exporter
