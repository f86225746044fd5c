#include "adapters/peer/json.h"

#include <cstdint>
#include <string_view>
#include <utility>

#include "adapters/json.h"
#include "adapters/peer/described.h"
#include "adapters/peer/json_lines.h"
#include "adapters/peer/json_mender.h"
#include "adapters/peer/json_values.h"
#include "adapters/peer/plain.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

using rapidjson::Value;

// Appends `key`, cut to kMaxName bytes, to the path.
std::string Below(std::string_view path, std::string_view key) {
  if (key.empty()) key = "\"\"";
  std::string below(path);
  if (!below.empty()) below += '.';
  return below.append(key.substr(0, kMaxName));
}

// Counts and names values nested too deep: the parser replaced them by {}, and
// no other container is as deep.
void SkipPruned(const Value& value, const std::string& path, int depth,
                Samples& samples) {
  if (depth == kMaxJsonDepth && (value.IsObject() || value.IsArray())) {
    return samples.Skip(SkipReason::kDepth, path);
  }
  // A path that is too long already is not extended.
  const auto below = [&](std::string_view key) {
    return path.size() > kMaxName ? path : Below(path, key);
  };
  if (value.IsArray()) {
    for (const auto& element : value.GetArray()) {
      SkipPruned(element, path, depth + 1, samples);
    }
  } else if (value.IsObject()) {
    for (const auto& member : value.GetObject()) {
      SkipPruned(member.value, below(Text(member.name)), depth + 1, samples);
    }
  }
}

Result<JsonDocument> Parse(std::string& bytes, Samples& samples) {
  std::uint64_t pruned = 0;
  MendJson(bytes);
  auto document = ParseJson(
      bytes, {.deep = DeepJson::kPrune, .allow_nan = true, .pruned = &pruned});
  if (document && pruned > 0) SkipPruned(*document, "", 0, samples);
  return document;
}

// Walks a document of any shape.
class PlainReader {
 public:
  explicit PlainReader(Samples& samples)
      : samples_(samples), values_(samples) {}

  void ReadMember(const Value& key, const Value& value,
                  const std::string& path) {
    const auto name = Text(key);
    const auto below = Below(path, name);
    // Values below a path that is too long for a name are not read: the copies
    // of the path would cost far more than the document.
    if (name.empty() || path.size() + 1 + name.size() > kMaxName) {
      return SkipAll(value, SkipReason::kName, below);
    }
    Read(value, below);
  }

  void End() { values_.End(); }

 private:
  void Read(const Value& value, const std::string& path) {
    if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        ReadMember(member.name, member.value, path);
      }
    } else if (value.IsArray()) {
      SkipAll(value, SkipReason::kType, path);
    } else if (const auto number = NumberOrBool(value)) {
      values_.Number(path, *number);
    } else if (value.IsString()) {
      values_.Text(path, Text(value));
    } else {
      samples_.Skip(SkipReason::kType, path);
    }
  }

  // Reports the path of the outermost value: the paths of ten elements of one
  // list would add no information.
  void SkipAll(const Value& value, SkipReason reason, std::string_view path) {
    if (value.IsArray()) {
      for (const auto& element : value.GetArray()) {
        SkipAll(element, reason, path);
      }
    } else if (value.IsObject()) {
      for (const auto& member : value.GetObject()) {
        SkipAll(member.value, reason, path);
      }
    } else {
      samples_.Skip(reason, path);
    }
  }

  Samples& samples_;
  PlainValues values_;
};

}  // namespace

Result<JsonDocument> ReadDocument(std::string& bytes, Samples& samples) {
  auto lines = TakeLastLines(bytes);
  auto document = Parse(bytes, samples);
  if (document || lines.before.empty()) return document;
  samples.Skip(SkipReason::kType, lines.last);
  bytes = std::move(lines.before);
  return Parse(bytes, samples);
}

Status TranslateJson(std::string& bytes, Samples& samples) {
  const auto document = ReadDocument(bytes, samples);
  if (!document) return document.error();
  if (!document->IsObject()) {
    return Error{Reason::kSchema, "the stats are not a JSON object"};
  }
  PlainReader plain(samples);
  for (const auto& member : document->GetObject()) {
    if (Text(member.name) == "metrics" && member.value.IsArray()) {
      AddDescribed(member.value, samples);
    } else {
      plain.ReadMember(member.name, member.value, "");
    }
  }
  plain.End();
  return Ok();
}

}  // namespace ipfs_peer_exporter::peer
