// Compares the splitter with RapidJSON reading the same text as a whole.
#include "adapters/json_splitter.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <vector>

#include "adapters/json.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

struct Parts {
  std::vector<std::string> elements;
  std::string envelope;  // empty at depth 0
  bool operator==(const Parts&) const = default;
};

std::string Print(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

Result<std::string> Reprint(std::string json) {
  const auto document = ParseJson(json);
  if (!document) return document.error();
  return Print(*document);
}

// Parses every part, like the collectors do.
Result<Parts> Split(std::string_view text, int depth) {
  Parts parts;
  JsonSplitter splitter(depth, [&](std::string_view element) -> Status {
    const auto printed = Reprint(std::string(element));
    if (!printed) return printed.error();
    parts.elements.push_back(*printed);
    return Ok();
  });
  auto status = splitter.Feed(text);
  if (status) status = splitter.Finish();
  if (!status) return status.error();
  if (depth == 0) return parts;
  const auto envelope = Reprint(splitter.envelope());
  if (!envelope) return envelope.error();
  parts.envelope = *envelope;
  return parts;
}

// Moves the elements out of `value`, which becomes the envelope with the number
// of elements in their place.
void TakeElements(rapidjson::Value& value, int depth,
                  rapidjson::Document::AllocatorType& allocator, Parts& parts) {
  if (value.IsObject() && depth > 1) {
    for (rapidjson::SizeType i = 0; i < value.MemberCount(); ++i) {
      TakeElements((value.MemberBegin() + i)->value, depth - 1, allocator,
                   parts);
    }
  }
  if (!value.IsArray()) return;
  for (auto& element : value.GetArray()) {
    if (depth > 1) {
      TakeElements(element, depth - 1, allocator, parts);
    } else {
      parts.elements.push_back(Print(element));
    }
  }
  if (depth > 1 || value.Empty()) return;
  const auto count = value.Size();
  value.Clear();
  value.PushBack(count, allocator);
}

Parts Expected(rapidjson::Document& whole, int depth) {
  Parts parts;
  if (depth == 0) {
    parts.elements.push_back(Print(whole));
  } else {
    TakeElements(whole, depth, whole.GetAllocator(), parts);
    parts.envelope = Print(whole);
  }
  return parts;
}

void Compare(std::string_view text, int depth) {
  const auto split = Split(text, depth);
  std::string bytes(text);
  std::uint64_t too_deep = 0;
  auto whole =
      ParseJson(bytes, {.deep = DeepJson::kPrune, .pruned = &too_deep});
  // A stream of several values is not a document.
  const bool is_document = split && (depth > 0 || split->elements.size() == 1);
  Require(whole || !is_document, "invalid JSON has an invalid part");
  if (!whole || too_deep > 0 || text.size() > JsonSplitter::kMaxElement) return;
  Require(split.has_value(), "JSON can be split");
  Require(*split == Expected(*whole, depth), "no element is lost or changed");
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  for (const int depth : {0, 1, 2, 4}) Compare(AsText(data, size), depth);
  return 0;
}
