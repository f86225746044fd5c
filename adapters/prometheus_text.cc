#include "adapters/prometheus_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "adapters/number.h"
#include "adapters/text_scanner.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::MetricType;

// Bounds the time of comparing each label with all before it.
constexpr std::size_t kMaxLabels = 64;

Error Malformed(const char* what) { return {Reason::kParse, what}; }

Status ParseQuoted(TextScanner& scanner, std::string& text) {
  auto quoted = scanner.Quoted();
  if (!quoted) return Malformed("no closing quote, or unknown escape");
  text = *std::move(quoted);
  return Ok();
}

// Parses a="b". In the loose grammar the name may be quoted, and a quoted name
// without a value is the name of the metric if the line has none yet.
Status ParseLabel(TextScanner& scanner, TextLine& line) {
  std::string name;
  const bool quoted = scanner.is_loose() && scanner.Skip("\"");
  if (!quoted) {
    name = scanner.LabelName();
  } else if (auto status = ParseQuoted(scanner, name); !status) {
    return status;
  }
  scanner.SkipBlanks();
  if (!scanner.Skip("=")) {
    if (!quoted || !line.name.empty()) return Malformed("invalid label");
    line.name = std::move(name);
    return Ok();
  }
  if (name.empty() && !quoted) return Malformed("label without a name");
  scanner.SkipBlanks();
  if (!scanner.Skip("\"")) return Malformed("label value without quotes");
  std::string value;
  if (auto status = ParseQuoted(scanner, value); !status) return status;
  line.labels.push_back({std::move(name), std::move(value)});
  return Ok();
}

// Parses {a="b",c="d"} after the opening brace. A trailing comma is allowed;
// the loose grammar requires no commas.
Status ParseLabels(TextScanner& scanner, TextLine& line) {
  scanner.SkipBlanks();
  if (scanner.is_loose() && scanner.Skip(",")) scanner.SkipBlanks();
  while (!scanner.Skip("}")) {
    auto& labels = line.labels;
    if (labels.size() == kMaxLabels) return Malformed("more than 64 labels");
    if (auto status = ParseLabel(scanner, line); !status) {
      return status;
    }
    const bool twice =
        !scanner.is_loose() &&
        std::ranges::count(labels, labels.back().name,
                           &prometheus::ClientMetric::Label::name) > 1;
    if (twice) return Malformed("label given twice");
    scanner.SkipBlanks();
    const bool more = scanner.Skip(",");
    scanner.SkipBlanks();
    if (!more && !scanner.is_loose() && !scanner.rest().starts_with('}')) {
      return Malformed("no comma or brace after a label");
    }
  }
  return Ok();
}

// Parses a timestamp and the blanks after it.
Status ParseTimestamp(TextScanner& scanner, double& time) {
  const auto value = scanner.Number();
  if (!value || !std::isfinite(value->value)) {
    return Malformed("invalid timestamp");
  }
  time = value->value;
  scanner.SkipBlanks();
  return Ok();
}

// Parses the optional timestamp and exemplar after a value.
Status ParseTail(TextScanner& scanner, TextLine& line) {
  scanner.SkipBlanks();
  if (!scanner.rest().empty() && scanner.rest().front() != '#') {
    const auto status = ParseTimestamp(scanner, line.time);
    if (!status) return status;
  }
  if (scanner.rest().empty()) return Ok();
  // With a name, so that ParseLabels() rejects the name of a metric.
  TextLine exemplar{.name = "exemplar", .text = {}, .labels = {}};
  if (!scanner.Skip("#")) return Malformed("text after the sample");
  scanner.SkipBlanks();
  if (!scanner.Skip("{")) return Malformed("invalid exemplar");
  const auto labels = ParseLabels(scanner, exemplar);
  if (!labels) return labels;
  scanner.SkipBlanks();
  if (!scanner.Number()) return Malformed("exemplar without a value");
  scanner.SkipBlanks();
  if (scanner.rest().empty()) return Ok();
  const auto status = ParseTimestamp(scanner, exemplar.time);
  if (!status) return status;
  return scanner.rest().empty() ? Ok() : Malformed("text after the exemplar");
}

Status ParseNameAndLabels(TextScanner& scanner, TextLine& line) {
  const auto whole = scanner.rest();
  line.name = scanner.MetricName();
  const bool in_braces = scanner.is_loose() && whole.starts_with('{');
  if (line.name.empty() && !in_braces)
    return Malformed("line without a metric name");
  const auto behind = scanner.rest();
  scanner.SkipBlanks();
  if (scanner.Skip("{")) {
    if (auto status = ParseLabels(scanner, line); !status) {
      return status;
    }
    std::erase_if(line.labels,
                  [](const auto& label) { return label.value.empty(); });
    std::sort(line.labels.begin(), line.labels.end());
  } else if (scanner.rest().size() == behind.size()) {
    return Malformed("invalid metric name");
  }
  return Ok();
}

Result<TextLine> ParseSample(std::string_view text, Grammar grammar) {
  TextLine line{
      .kind = TextLine::Kind::kSample, .name = {}, .text = {}, .labels = {}};
  TextScanner scanner(text, grammar);
  auto status = ParseNameAndLabels(scanner, line);
  if (!status) return status.error();
  scanner.SkipBlanks();
  if (const auto value = scanner.Number()) {
    line.value = value->value;
    line.beyond = value->beyond;
    status = ParseTail(scanner, line);
  } else {
    status = Malformed("missing or invalid value");
  }
  if (status) return line;
  if (grammar == Grammar::kStrict) return status.error();
  line.kind = TextLine::Kind::kBroken;
  return line;
}

// Parses the name after # HELP or # TYPE.
Result<std::string> ParseFamilyName(TextScanner& scanner) {
  std::string name;
  if (!scanner.is_loose()) {
    name = scanner.MetricName();
  } else if (!scanner.Skip("\"")) {
    name = scanner.Word();
  } else if (auto status = ParseQuoted(scanner, name); !status) {
    return status.error();
  }
  const auto rest = scanner.rest();
  const bool ends = rest.empty() || rest.front() == ' ' || rest.front() == '\t';
  if (ends && (scanner.is_loose() || !name.empty())) return name;
  return Malformed("HELP or TYPE without a valid name");
}

Result<TextLine> ParseComment(std::string_view line, Grammar grammar) {
  TextLine comment;
  TextScanner scanner(line.substr(1), grammar);
  scanner.SkipBlanks();
  const auto keyword = scanner.Word();
  if (keyword == "EOF" && scanner.rest().empty()) {
    comment.kind = TextLine::Kind::kEnd;
  }
  if (keyword != "HELP" && keyword != "TYPE") return comment;
  scanner.SkipBlanks();
  if (scanner.is_loose() && scanner.rest().empty()) return comment;
  auto name = ParseFamilyName(scanner);
  if (!name) return name.error();
  comment.name = *std::move(name);
  scanner.SkipBlanks();
  if (keyword == "HELP") {
    comment.kind = TextLine::Kind::kHelp;
    comment.text = scanner.HelpRest();
    return comment;
  }
  comment.kind = TextLine::Kind::kType;
  comment.text = scanner.Word();
  scanner.SkipBlanks();
  if (!scanner.rest().empty()) return Malformed("text after the type");
  return comment;
}

}  // namespace

Result<TextLine> ParseTextLine(std::string_view line, Grammar grammar) {
  if (!IsCleanUtf8(line)) return Malformed("NUL or invalid UTF-8");
  TextScanner scanner(line, grammar);
  scanner.SkipBlanks();
  line = scanner.rest();
  if (line.empty()) return TextLine{};
  return line.starts_with('#') ? ParseComment(line, grammar)
                               : ParseSample(line, grammar);
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
  return Malformed("unknown type");
}

}  // namespace ipfs_peer_exporter
