#include "adapters/peer/format.h"

#include <algorithm>
#include <string>

#include "adapters/char_set.h"
#include "adapters/peer/json.h"
#include "adapters/peer/key_value.h"
#include "adapters/peer/prometheus_text.h"
#include "adapters/peer/text_lines.h"
#include "adapters/prometheus_text.h"

namespace ipfs_peer_exporter::peer {
namespace {

Status TranslateRecognised(std::string& bytes, Samples& samples) {
  const auto* const format = Recognise(bytes);
  if (format == nullptr) {
    return Error{Reason::kParse,
                 "neither JSON nor Prometheus text nor key=value"};
  }
  const auto status = format->translate(bytes, samples);
  if (!status || samples.series() > 0 || format->name != "key-value") {
    return status;
  }
  return Error{Reason::kParse, "looks like key=value, but has no usable value"};
}

// Whether `text` is a line of Prometheus text, even if it cannot be served. A
// status line of HTTP, which a server may send when asked without HTTP, is
// excluded, because it also parses as a sample.
bool IsPrometheusLine(std::string_view text) {
  if (text.starts_with("HTTP/")) return false;
  const auto line = ParseTextLine(text, Grammar::kLoose);
  if (!line || line->kind == TextLine::Kind::kNothing) return false;
  return line->kind != TextLine::Kind::kBroken || !line->labels.empty();
}

// Whether the line may be a sample with unreadable labels or value, such as
// x{y=1} 1 or x 1,5. Prometheus text may contain such lines, but they do not
// identify it.
bool IsPerhapsSample(std::string_view text) {
  static constexpr CharSet kEnds(" \t{");
  static constexpr CharSet kBlanks(" \t");
  static constexpr CharSet kNumber("+-.0123456789");
  const auto name = text.substr(0, kEnds.SpanTo(text));
  const auto rest = Trim(text.substr(name.size()));
  const bool begins_number = kNumber.Span(rest) > 0;
  const bool one_word = !kBlanks.HasAny(rest);
  return (rest.starts_with('{') || (begins_number && one_word)) &&
         IsPrometheusLine(std::string(name) + " 1");
}

}  // namespace

const Format kFormats[] = {
    {"auto", TranslateRecognised},
    {"json", TranslateJson},
    {"prometheus",
     [](std::string& bytes, Samples& samples) {
       return TranslatePrometheusText(bytes, samples);
     }},
    {"key-value",
     [](std::string& bytes, Samples& samples) {
       return TranslateKeyValue(bytes, samples);
     }},
};

const Format* FindFormat(std::string_view name) {
  const auto* const found = std::ranges::find(kFormats, name, &Format::name);
  return found == std::end(kFormats) ? nullptr : found;
}

const Format* Recognise(std::string_view bytes) {
  bytes = WithoutFrame(bytes);
  while (!bytes.empty()) {
    const auto line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
    const auto text = Trim(line);
    // {"a name in quotes"} 1 is a sample.
    if (text.starts_with('[') ||
        (text.starts_with('{') && !IsPrometheusLine(text))) {
      return FindFormat("json");
    }
    const auto guess = GuessLine(text);
    if (guess != Guess::kKeyValue && IsPrometheusLine(text)) {
      return FindFormat("prometheus");
    }
    if (text.empty() || text.starts_with('#')) continue;
    if (guess == Guess::kKeyValue) return FindFormat("key-value");
    if (guess == Guess::kOther && !IsPerhapsSample(text)) return nullptr;
  }
  return nullptr;
}

}  // namespace ipfs_peer_exporter::peer
