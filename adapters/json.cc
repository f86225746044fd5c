#include "adapters/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "adapters/number.h"

namespace ipfs_peer_exporter {
namespace {

using rapidjson::SizeType;

// Deeper than this, pruning stops too: the parser's own stack grows with depth.
constexpr int kHopelessDepth = 1024;

constexpr unsigned kFlags = rapidjson::kParseInsituFlag |
                            rapidjson::kParseIterativeFlag |
                            rapidjson::kParseNumbersAsStringsFlag;

template <typename T>
bool Reads(std::string_view text, T& value) {
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  return result.ec == std::errc{} && result.ptr == end;
}

// Stands between RapidJSON's reader and the document and holds the limits.
class LimitingHandler
    : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, LimitingHandler> {
 public:
  LimitingHandler(rapidjson::Document& document, DeepJson deep)
      : document_(document),
        max_depth_(deep == DeepJson::kPrune ? kHopelessDepth : kMaxJsonDepth) {}

  bool Null() {
    return Scalar([&] { return document_.Null(); });
  }
  bool Bool(bool v) {
    return Scalar([&] { return document_.Bool(v); });
  }
  bool RawNumber(const char* s, SizeType n, bool) {
    return Scalar([&] { return ConvertNumber({s, n}); });
  }
  bool String(const char* s, SizeType n, bool copy) {
    return Scalar([&] { return document_.String(s, n, copy); });
  }
  bool Key(const char* s, SizeType n, bool copy) {
    return Scalar([&] { return document_.Key(s, n, copy); });
  }
  bool StartObject() {
    return Open([&] { return document_.StartObject(); });
  }
  bool EndObject(SizeType n) {
    return Close([&] { return document_.EndObject(n); });
  }
  bool StartArray() {
    return Open([&] { return document_.StartArray(); });
  }
  bool EndArray(SizeType n) {
    return Close([&] { return document_.EndArray(n); });
  }

  std::uint64_t pruned() const { return pruned_; }
  bool too_deep() const { return depth_ > max_depth_; }
  bool too_many() const { return values_ > kMaxJsonValues; }

 private:
  template <typename Forward>
  bool Scalar(Forward forward) {
    if (depth_ > kMaxJsonDepth) return true;
    return ++values_ <= kMaxJsonValues && forward();
  }

  template <typename Forward>
  bool Open(Forward forward) {
    if (++depth_ > max_depth_) return false;
    if (depth_ <= kMaxJsonDepth) {
      return ++values_ <= kMaxJsonValues && forward();
    }
    if (depth_ > kMaxJsonDepth + 1) return true;
    ++pruned_;
    return ++values_ <= kMaxJsonValues && document_.StartObject() &&
           document_.EndObject(0);
  }

  template <typename Forward>
  bool Close(Forward forward) {
    return depth_-- > kMaxJsonDepth || forward();
  }

  // RapidJSON's exact conversion makes random numbers of 0e30 (1.1.0).
  bool ConvertNumber(std::string_view text) {
    if (std::uint64_t v = 0; Reads(text, v)) return document_.Uint64(v);
    if (std::int64_t v = 0; Reads(text, v)) return document_.Int64(v);
    if (double v = 0; Reads(text, v)) return document_.Double(v);
    // Beyond a double: next to 0, or too large.
    return ReadNumber(text) == 0 && document_.Double(0);
  }

  rapidjson::Document& document_;
  const int max_depth_;
  int depth_ = 0;
  std::size_t values_ = 0;
  std::uint64_t pruned_ = 0;
};

template <unsigned flags>
rapidjson::ParseResult Read(char* bytes, LimitingHandler& handler) {
  rapidjson::InsituStringStream stream(bytes);
  return rapidjson::Reader().Parse<flags>(stream, handler);
}

Error ParseError(const rapidjson::ParseResult& result,
                 const LimitingHandler& handler) {
  if (handler.too_many()) {
    return {Reason::kTooLarge,
            "more than " + std::to_string(kMaxJsonValues) + " JSON values"};
  }
  const std::string what = handler.too_deep()
                               ? "nested too deep"
                               : rapidjson::GetParseError_En(result.Code());
  return {Reason::kParse,
          "not JSON at byte " + std::to_string(result.Offset()) + ": " + what};
}

// How many bytes from the front, eight at a time, are ASCII without NUL: nearly
// all that a daemon says.
std::size_t CleanAscii(std::string_view text) {
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t i = 0;
  for (; i + sizeof kHighs <= text.size(); i += sizeof kHighs) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof word);
    // Taking 1 from a byte sets its highest bit only if it was 0.
    if ((word & kHighs) != 0 || ((word - kOnes) & kHighs) != 0) break;
  }
  return i;
}

}  // namespace

Result<rapidjson::Document> ParseJson(std::string& bytes,
                                      const JsonOptions& options) {
  // RapidJSON would take a NUL for the end and ignore what follows, and its own
  // check of the encoding reads beyond a text that ends within a character.
  if (!IsCleanUtf8(bytes)) {
    return Error{Reason::kParse, "not JSON: a NUL byte, or not UTF-8"};
  }
  rapidjson::Document document;
  LimitingHandler handler(document, options.deep);
  rapidjson::ParseResult result;
  auto generate = [&](rapidjson::Document&) {
    result = options.allow_nan ? Read<kFlags | rapidjson::kParseNanAndInfFlag>(
                                     bytes.data(), handler)
                               : Read<kFlags>(bytes.data(), handler);
    return !result.IsError();
  };
  document.Populate(generate);
  if (result.IsError()) return ParseError(result, handler);
  if (options.pruned != nullptr) *options.pruned = handler.pruned();
  return document;
}

namespace {

// Null when there is none, or no object.
const rapidjson::Value* Find(const rapidjson::Value& object,
                             std::string_view name) {
  if (!object.IsObject()) return nullptr;
  // As a Value: a StringRef would be taken for a text that ends with NUL.
  const rapidjson::Value key(
      rapidjson::StringRef(name.data(), static_cast<SizeType>(name.size())));
  const auto found = object.FindMember(key);
  return found == object.MemberEnd() ? nullptr : &found->value;
}

}  // namespace

const rapidjson::Value& Member(const rapidjson::Value& object,
                               std::string_view name) {
  static const rapidjson::Value kNull;
  const auto* const found = Find(object, name);
  return found == nullptr ? kNull : *found;
}

bool HasList(const rapidjson::Value& object, std::string_view name) {
  const auto* const found = Find(object, name);
  return found != nullptr && (found->IsArray() || found->IsNull());
}

std::optional<double> Number(const rapidjson::Value& value) {
  if (value.IsNumber()) return value.GetDouble();
  const auto number = ReadNumber(Text(value));
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::optional<double> Count(const rapidjson::Value& object,
                            std::string_view name) {
  const auto number = Number(Member(object, name));
  return number && *number >= 0 ? number : std::nullopt;
}

std::string_view Text(const rapidjson::Value& value) {
  if (!value.IsString()) return {};
  return {value.GetString(), value.GetStringLength()};
}

std::string LabelText(const rapidjson::Value& value) {
  constexpr std::size_t kMaxLabelText = 256;
  const auto text = Text(value);
  const bool usable = text.size() <= kMaxLabelText && IsCleanUtf8(text);
  return std::string(usable ? text : std::string_view());
}

std::size_t Utf8Size(std::string_view text) {
  const auto byte = [&](std::size_t at) {
    return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
  };
  const unsigned lead = byte(0);
  // Nearly all are ASCII.
  if (lead > 0 && lead < 0x80) return 1;
  const std::size_t size = lead >= 0xC2 && lead <= 0xDF   ? 2
                           : lead >= 0xE0 && lead <= 0xEF ? 3
                           : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                          : 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0u) != 0x80u) return 0;
  }
  const unsigned second = byte(1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
      (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return size;
}

bool IsCleanUtf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    i += CleanAscii(text.substr(i));
    if (i == text.size()) return true;
    const auto size = Utf8Size(text.substr(i));
    if (size == 0) return false;
    i += size;
  }
  return true;
}

}  // namespace ipfs_peer_exporter
