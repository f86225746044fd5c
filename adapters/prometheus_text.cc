#include "adapters/prometheus_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "adapters/json.h"
#include "adapters/number.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::MetricType;

bool IsNameChar(char c, bool first, bool colon) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c == ':' && colon) || (!first && c >= '0' && c <= '9');
}

// Each is compared with those before it.
constexpr std::size_t kMaxLabels = 64;

Error Malformed(const char* what) { return {Reason::kParse, what}; }

// Takes a line apart from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view line) : rest_(line) {}

  bool Skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  void SkipBlanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
  }

  // Empty when there is none here. Only metric names have colons.
  std::string_view Name(bool colon) {
    std::size_t size = 0;
    while (size < rest_.size() && IsNameChar(rest_[size], size == 0, colon)) {
      ++size;
    }
    return Take(size);
  }

  std::string_view Word() { return Take(rest_.find_first_of(" \t")); }

  std::string_view rest() const { return rest_; }

  // Up to the closing quote, where \\, \" and \n stand for what they do.
  std::optional<std::string> QuotedRest() {
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (!AppendUnescaped(text)) return std::nullopt;
    }
    if (!Skip("\"")) return std::nullopt;
    return text;
  }

  bool AppendUnescaped(std::string& text) {
    if (rest_.front() != '\\') {
      text += Take(1);
      return true;
    }
    constexpr struct {
      std::string_view written;
      char meant;
    } kEscapes[] = {{"\\\\", '\\'}, {"\\\"", '"'}, {"\\n", '\n'}};
    for (const auto& escape : kEscapes) {
      if (Skip(escape.written)) {
        text += escape.meant;
        return true;
      }
    }
    return false;
  }

 private:
  std::string_view Take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  std::string_view rest_;
};

// As Go's ParseFloat reads it, but for hexadecimal and underscores.
std::optional<double> ParseValue(std::string_view text) {
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Inf" || text == "+Inf") return INFINITY;
  if (text == "-Inf") return -INFINITY;
  // ReadNumber() takes no plus, but other words.
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.find_first_not_of("+-.eE0123456789") != text.npos) {
    return std::nullopt;
  }
  const auto value = ReadNumber(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// {a="b",c="d"}, after the opening brace. A comma may end it.
Result<Labels> ParseLabels(Scanner& scanner) {
  Labels labels;
  scanner.SkipBlanks();
  while (!scanner.Skip("}")) {
    if (labels.size() == kMaxLabels) return Malformed("over 64 labels");
    const std::string name(scanner.Name(false));
    scanner.SkipBlanks();
    if (name.empty() || !scanner.Skip("=")) return Malformed("not a label");
    scanner.SkipBlanks();
    if (!scanner.Skip("\"")) return Malformed("a label without a quote");
    auto value = scanner.QuotedRest();
    if (!value) return Malformed("a label value that does not end");
    const bool twice =
        std::any_of(labels.begin(), labels.end(),
                    [&](const auto& label) { return label.name == name; });
    if (twice) return Malformed("a label that stands there twice");
    labels.push_back({name, std::move(*value)});
    scanner.SkipBlanks();
    const bool more = scanner.Skip(",");
    scanner.SkipBlanks();
    if (!more && !scanner.rest().starts_with('}')) {
      return Malformed("labels that do not end");
    }
  }
  return labels;
}

// What may follow a value: a timestamp, and an exemplar.
Status CheckTail(Scanner& scanner) {
  scanner.SkipBlanks();
  if (!scanner.rest().empty() && scanner.rest().front() != '#') {
    if (!ParseValue(scanner.Word())) return Malformed("not a timestamp");
    scanner.SkipBlanks();
  }
  if (scanner.rest().empty()) return Ok();
  if (!scanner.Skip("#")) return Malformed("more than a sample");
  scanner.SkipBlanks();
  if (!scanner.Skip("{")) return Malformed("not an exemplar");
  if (const auto labels = ParseLabels(scanner); !labels) return labels.error();
  scanner.SkipBlanks();
  if (!ParseValue(scanner.Word())) return Malformed("an exemplar has no value");
  scanner.SkipBlanks();
  if (!scanner.rest().empty() && !ParseValue(scanner.Word())) {
    return Malformed("not a timestamp");
  }
  scanner.SkipBlanks();
  return scanner.rest().empty() ? Ok() : Malformed("more than a sample");
}

Result<TextLine> ParseSample(std::string_view line) {
  TextLine sample{
      .kind = TextLine::Kind::kSample, .name = {}, .text = {}, .labels = {}};
  Scanner scanner(line);
  sample.name = scanner.Name(true);
  if (sample.name.empty()) return Malformed("a line without a name");
  scanner.SkipBlanks();
  if (scanner.Skip("{")) {
    auto labels = ParseLabels(scanner);
    if (!labels) return labels.error();
    sample.labels = std::move(*labels);
    std::erase_if(sample.labels,
                  [](const auto& label) { return label.value.empty(); });
    std::sort(sample.labels.begin(), sample.labels.end());
  } else if (scanner.rest().data() == line.data() + sample.name.size()) {
    return Malformed("a name that is none");
  }
  scanner.SkipBlanks();
  const auto value = ParseValue(scanner.Word());
  if (!value) return Malformed("a sample without a value");
  sample.value = *value;
  if (auto status = CheckTail(scanner); !status) return status.error();
  return sample;
}

// The text of # HELP knows \\ and \n; OpenMetrics knows \" too.
std::string Unescaped(std::string_view text) {
  std::string unescaped;
  Scanner scanner(text);
  while (!scanner.rest().empty()) {
    if (!scanner.AppendUnescaped(unescaped) && scanner.Skip("\\")) {
      unescaped += '\\';
    }
  }
  return unescaped;
}

Result<TextLine> ParseComment(std::string_view line) {
  TextLine comment;
  Scanner scanner(line.substr(1));
  scanner.SkipBlanks();
  const auto keyword = scanner.Word();
  if (keyword == "EOF" && scanner.rest().empty()) {
    comment.kind = TextLine::Kind::kEnd;
  }
  if (keyword != "HELP" && keyword != "TYPE") return comment;
  scanner.SkipBlanks();
  comment.name = scanner.Name(true);
  const bool ends = scanner.rest().empty() || scanner.rest().front() == ' ' ||
                    scanner.rest().front() == '\t';
  if (comment.name.empty() || !ends)
    return Malformed("HELP or TYPE of nothing");
  scanner.SkipBlanks();
  if (keyword == "HELP") {
    comment.kind = TextLine::Kind::kHelp;
    comment.text = Unescaped(scanner.rest());
    return comment;
  }
  comment.kind = TextLine::Kind::kType;
  comment.text = scanner.Word();
  scanner.SkipBlanks();
  if (!scanner.rest().empty()) return Malformed("more than a type");
  return comment;
}

}  // namespace

Result<TextLine> ParseTextLine(std::string_view line) {
  if (!IsCleanUtf8(line)) return Malformed("not UTF-8");
  Scanner scanner(line);
  scanner.SkipBlanks();
  line = scanner.rest();
  if (line.empty()) return TextLine{};
  return line.starts_with('#') ? ParseComment(line) : ParseSample(line);
}

bool IsSampleOf(std::string_view sample, std::string_view family,
                MetricType type) {
  if (sample == family) return type != MetricType::Histogram;
  return IsPartOfFamily(
      sample, [&](std::string_view name) -> std::optional<MetricType> {
        if (name == family) return type;
        return std::nullopt;
      });
}

Result<MetricType> ParseType(std::string_view word) {
  constexpr struct {
    std::string_view word;
    MetricType type;
  } kTypes[] = {
      {"counter", MetricType::Counter},     {"gauge", MetricType::Gauge},
      {"histogram", MetricType::Histogram}, {"summary", MetricType::Summary},
      {"untyped", MetricType::Untyped},     {"unknown", MetricType::Untyped}};
  for (const auto& row : kTypes) {
    if (row.word == word) return row.type;
  }
  return Malformed("a type that is none");
}

}  // namespace ipfs_peer_exporter
