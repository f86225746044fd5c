#include "adapters/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

#include <charconv>
#include <cmath>

#include "adapters/number.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter {
namespace {

using rapidjson::SizeType;

// Depth limit with kPrune: the parser's own stack grows with the depth.
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

// Forwards the events of RapidJSON's reader to the document within the limits.
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

  // Used because RapidJSON 1.1.0's exact conversion returns random numbers for
  // 0e30.
  bool ConvertNumber(std::string_view text) {
    if (std::uint64_t v = 0; Reads(text, v)) return document_.Uint64(v);
    if (std::int64_t v = 0; Reads(text, v)) return document_.Int64(v);
    if (double v = 0; Reads(text, v)) return document_.Double(v);
    // Out of the range of a double: close to 0, or too large.
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

}  // namespace

Result<JsonDocument> ParseJson(std::string& bytes, const JsonOptions& options) {
  // RapidJSON treats a NUL byte as the end and ignores the rest. Its own
  // encoding check reads past the end of a text that ends within a character.
  if (!IsCleanUtf8(bytes)) {
    return Error{Reason::kParse, "not JSON: contains NUL or invalid UTF-8"};
  }
  JsonDocument document(bytes.size());
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

// Null if there is no such member or `object` is not an object.
const rapidjson::Value* Find(const rapidjson::Value& object,
                             std::string_view name) {
  if (!object.IsObject()) return nullptr;
  // A Value, because FindMember() treats a StringRef as NUL-terminated.
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

}  // namespace ipfs_peer_exporter
