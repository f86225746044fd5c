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

// Each is compared with those before it.
constexpr std::size_t kMaxLabels = 64;

Error Malformed(const char* what) { return {Reason::kParse, what}; }

Status ParseQuoted(TextScanner& scanner, std::string& text) {
  auto quoted = scanner.Quoted();
  if (!quoted) return Malformed("quotes that do not end");
  text = *std::move(quoted);
  return Ok();
}

// a="b", where in the loose grammar the name may be in quotes. One that is
// alone is the metric's name, if it has none yet.
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
    if (!quoted || !line.name.empty()) return Malformed("not a label");
    line.name = std::move(name);
    return Ok();
  }
  if (name.empty() && !quoted) return Malformed("not a label");
  scanner.SkipBlanks();
  if (!scanner.Skip("\"")) return Malformed("a label without a quote");
  std::string value;
  if (auto status = ParseQuoted(scanner, value); !status) return status;
  line.labels.push_back({std::move(name), std::move(value)});
  return Ok();
}

// {a="b",c="d"}, after the opening brace. A comma may end it; the loose grammar
// needs none.
Status ParseLabels(TextScanner& scanner, TextLine& line) {
  scanner.SkipBlanks();
  if (scanner.is_loose() && scanner.Skip(",")) scanner.SkipBlanks();
  while (!scanner.Skip("}")) {
    auto& labels = line.labels;
    if (labels.size() == kMaxLabels) return Malformed("over 64 labels");
    if (auto status = ParseLabel(scanner, line); !status) {
      return status;
    }
    const bool twice =
        !scanner.is_loose() &&
        std::ranges::count(labels, labels.back().name,
                           &prometheus::ClientMetric::Label::name) > 1;
    if (twice) return Malformed("a label that stands there twice");
    scanner.SkipBlanks();
    const bool more = scanner.Skip(",");
    scanner.SkipBlanks();
    if (!more && !scanner.is_loose() && !scanner.rest().starts_with('}')) {
      return Malformed("labels that do not end");
    }
  }
  return Ok();
}

// A timestamp, and what follows it.
Status ParseTimestamp(TextScanner& scanner, double& time) {
  const auto value = scanner.Number();
  if (!value || !std::isfinite(value->value)) {
    return Malformed("not a timestamp");
  }
  time = value->value;
  scanner.SkipBlanks();
  return Ok();
}

// What may follow a value: a timestamp, and an exemplar.
Status ParseTail(TextScanner& scanner, TextLine& line) {
  scanner.SkipBlanks();
  if (!scanner.rest().empty() && scanner.rest().front() != '#') {
    const auto status = ParseTimestamp(scanner, line.time);
    if (!status) return status;
  }
  if (scanner.rest().empty()) return Ok();
  TextLine exemplar{.name = "an exemplar has none", .text = {}, .labels = {}};
  if (!scanner.Skip("#")) return Malformed("more than a sample");
  scanner.SkipBlanks();
  if (!scanner.Skip("{")) return Malformed("not an exemplar");
  const auto labels = ParseLabels(scanner, exemplar);
  if (!labels) return labels;
  scanner.SkipBlanks();
  if (!scanner.Number()) return Malformed("an exemplar has no value");
  scanner.SkipBlanks();
  if (scanner.rest().empty()) return Ok();
  const auto status = ParseTimestamp(scanner, exemplar.time);
  if (!status) return status;
  return scanner.rest().empty() ? Ok() : Malformed("more than a sample");
}

Status ParseNameAndLabels(TextScanner& scanner, TextLine& line) {
  const auto whole = scanner.rest();
  line.name = scanner.MetricName();
  const bool in_braces = scanner.is_loose() && whole.starts_with('{');
  if (line.name.empty() && !in_braces)
    return Malformed("a line without a name");
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
    return Malformed("a name that is none");
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
    status = Malformed("a sample without a value");
  }
  if (status) return line;
  if (grammar == Grammar::kStrict) return status.error();
  line.kind = TextLine::Kind::kBroken;
  return line;
}

// The name after # HELP or # TYPE.
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
  return Malformed("HELP or TYPE of nothing");
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
  if (!scanner.rest().empty()) return Malformed("more than a type");
  return comment;
}

}  // namespace

Result<TextLine> ParseTextLine(std::string_view line, Grammar grammar) {
  if (!IsCleanUtf8(line)) return Malformed("not UTF-8");
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
  return Malformed("a type that is none");
}

}  // namespace ipfs_peer_exporter
