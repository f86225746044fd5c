#pragma once

#include <rapidjson/document.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Limits of a document from a neighbour. The document is read whole, so the
// number of values bounds its memory (twice 16 bytes per value).
inline constexpr int kMaxJsonDepth = 16;
inline constexpr std::size_t kMaxJsonValues = 128 * 1024;

enum class DeepJson {
  kRefuse,  // a document deeper than kMaxJsonDepth is an error
  kPrune,   // containers nested deeper become {} and are counted
};

struct JsonOptions {
  DeepJson deep = DeepJson::kRefuse;
  bool allow_nan = false;           // NaN, Infinity: as Python's json writes
  std::uint64_t* pruned = nullptr;  // with kPrune: their number
};

// A base, so that the memory is there before the document that uses it.
struct JsonMemory {
  std::unique_ptr<rapidjson::Document::AllocatorType> pool;
};

// A document whose memory grows in steps of about the size of its text.
// RapidJSON's own steps of 64 KiB are mapped and unmapped by musl's malloc for
// each small document. The stack holds the members of the objects that are open
// while the text is read: twice its size if all are numbers in one object.
class JsonDocument : JsonMemory, public rapidjson::Document {
 public:
  explicit JsonDocument(std::size_t text_size = 0)
      : JsonMemory{std::make_unique<rapidjson::Document::AllocatorType>(
            Clamp(text_size))},
        rapidjson::Document(pool.get(), Clamp(2 * text_size)) {}

 private:
  static std::size_t Clamp(std::size_t size) {
    return std::clamp<std::size_t>(size, 1024, 64 * 1024);
  }
};

// Parses one complete JSON value. Changes `bytes`, which must outlive the
// document, because the document's strings point into it. Errors: kParse,
// kTooLarge.
Result<JsonDocument> ParseJson(std::string& bytes,
                               const JsonOptions& options = {});

// The member `name`; null if there is none or `object` is not an object.
const rapidjson::Value& Member(const rapidjson::Value& object,
                               std::string_view name);

// Whether `object` has a list `name`; null counts, because Go writes an empty
// list as null.
bool HasList(const rapidjson::Value& object, std::string_view name);

// The value of a number or decimal string (js-ipfs sends counters as strings);
// nullopt for other values.
std::optional<double> Number(const rapidjson::Value& value);
// The same for the member `name`; also nullopt if negative, because only
// placeholders are negative.
std::optional<double> Count(const rapidjson::Value& object,
                            std::string_view name);

// The text of a string value; empty for other values.
std::string_view Text(const rapidjson::Value& value);

// The text of a string value for use as a label; empty if it is not clean UTF-8
// or over 256 bytes, which no daemon sends.
std::string LabelText(const rapidjson::Value& value);

}  // namespace ipfs_peer_exporter
