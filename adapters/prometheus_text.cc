#include "adapters/prometheus_text.h"

#include <algorithm>
#include <cmath>
#include <limits>
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

// NaN and the infinities; the loose grammar has them in any case and sign.
std::optional<double> ParseNonFinite(std::string_view text, Grammar grammar) {
  if (grammar == Grammar::kStrict) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Inf" || text == "+Inf") return INFINITY;
    if (text == "-Inf") return -INFINITY;
    return std::nullopt;
  }
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  const auto is = [&](std::string_view word) {
    return std::ranges::equal(text, word, [](char written, char lower) {
      return written == lower || written == lower - 'a' + 'A';
    });
  };
  if (is("nan")) return std::numeric_limits<double>::quiet_NaN();
  if (is("inf") || is("infinity")) return minus ? -INFINITY : INFINITY;
  return std::nullopt;
}

// As Go's ParseFloat reads it, but for hexadecimal and underscores. A number
// beyond a double is infinite to the loose grammar, and none to the strict one.
std::optional<double> ParseValue(std::string_view text, Grammar grammar) {
  if (const auto value = ParseNonFinite(text, grammar)) return value;
  // ReadNumber() takes no plus, but other words.
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.find_first_not_of("+-.eE0123456789") != text.npos) {
    return std::nullopt;
  }
  const auto value = ReadNumber(text);
  if (grammar == Grammar::kLoose) return value;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

// What stands in quotes, whose first is passed already.
Result<std::string> ParseQuoted(TextScanner& scanner, Grammar grammar) {
  auto text = scanner.QuotedRest(grammar == Grammar::kLoose);
  if (!text) return Malformed("quotes that do not end");
  return *std::move(text);
}

// A metric's name without quotes. The loose grammar takes what cannot be
// mistaken: it has a letter, and nothing that other formats quote, bracket or
// assign with.
std::string_view BareName(TextScanner& scanner, Grammar grammar) {
  if (grammar == Grammar::kStrict) return scanner.Name(true);
  constexpr std::string_view kEnds = " \t{";
  constexpr std::string_view kOdd = "\"'}()[]<>=,;#\\";
  const auto rest = scanner.rest();
  const auto name = rest.substr(0, rest.find_first_of(kEnds));
  const bool has_letter = std::ranges::any_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == ':' || static_cast<unsigned char>(c) > '~';
  });
  if (!has_letter || name.find_first_of(kOdd) != name.npos) return {};
  return scanner.Until(kEnds);
}

// a="b", where in the loose grammar the name may be in quotes. One that is
// alone is the metric's name, if it has none yet.
Status ParseLabel(TextScanner& scanner, Grammar grammar, TextLine& line) {
  std::string name;
  const bool quoted = grammar == Grammar::kLoose && scanner.Skip("\"");
  if (quoted) {
    auto text = ParseQuoted(scanner, grammar);
    if (!text) return text.error();
    name = *std::move(text);
  } else if (grammar == Grammar::kLoose) {
    name = scanner.Until(" \t=,{}\"");
  } else {
    name = scanner.Name(false);
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
  auto value = ParseQuoted(scanner, grammar);
  if (!value) return value.error();
  line.labels.push_back({std::move(name), *std::move(value)});
  return Ok();
}

// {a="b",c="d"}, after the opening brace. A comma may end it; the loose grammar
// needs none.
Status ParseLabels(TextScanner& scanner, Grammar grammar, TextLine& line) {
  scanner.SkipBlanks();
  if (grammar == Grammar::kLoose && scanner.Skip(",")) scanner.SkipBlanks();
  while (!scanner.Skip("}")) {
    auto& labels = line.labels;
    if (labels.size() == kMaxLabels) return Malformed("over 64 labels");
    if (auto status = ParseLabel(scanner, grammar, line); !status) {
      return status;
    }
    const bool twice =
        grammar == Grammar::kStrict &&
        std::ranges::count(labels, labels.back().name,
                           &prometheus::ClientMetric::Label::name) > 1;
    if (twice) return Malformed("a label that stands there twice");
    scanner.SkipBlanks();
    const bool more = scanner.Skip(",");
    scanner.SkipBlanks();
    if (!more && grammar == Grammar::kStrict &&
        !scanner.rest().starts_with('}')) {
      return Malformed("labels that do not end");
    }
  }
  return Ok();
}

// A timestamp, and what follows it.
Status ParseTimestamp(TextScanner& scanner, Grammar grammar, double& time) {
  const auto value = ParseValue(scanner.Word(), grammar);
  if (!value || !std::isfinite(*value)) return Malformed("not a timestamp");
  time = *value;
  scanner.SkipBlanks();
  return Ok();
}

// What may follow a value: a timestamp, and an exemplar.
Status ParseTail(TextScanner& scanner, Grammar grammar, TextLine& line) {
  scanner.SkipBlanks();
  if (!scanner.rest().empty() && scanner.rest().front() != '#') {
    const auto status = ParseTimestamp(scanner, grammar, line.time);
    if (!status) return status;
  }
  if (scanner.rest().empty()) return Ok();
  TextLine exemplar{.name = "an exemplar has none", .text = {}, .labels = {}};
  if (!scanner.Skip("#")) return Malformed("more than a sample");
  scanner.SkipBlanks();
  if (!scanner.Skip("{")) return Malformed("not an exemplar");
  const auto labels = ParseLabels(scanner, grammar, exemplar);
  if (!labels) return labels;
  scanner.SkipBlanks();
  if (!ParseValue(scanner.Word(), grammar)) {
    return Malformed("an exemplar has no value");
  }
  scanner.SkipBlanks();
  if (scanner.rest().empty()) return Ok();
  const auto status = ParseTimestamp(scanner, grammar, exemplar.time);
  if (!status) return status;
  return scanner.rest().empty() ? Ok() : Malformed("more than a sample");
}

Status ParseNameAndLabels(TextScanner& scanner, Grammar grammar,
                          TextLine& line) {
  const auto whole = scanner.rest();
  line.name = BareName(scanner, grammar);
  const bool in_braces = grammar == Grammar::kLoose && whole.starts_with('{');
  if (line.name.empty() && !in_braces)
    return Malformed("a line without a name");
  const auto behind = scanner.rest();
  scanner.SkipBlanks();
  if (scanner.Skip("{")) {
    if (auto status = ParseLabels(scanner, grammar, line); !status) {
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
  TextScanner scanner(text);
  auto status = ParseNameAndLabels(scanner, grammar, line);
  if (!status) return status.error();
  scanner.SkipBlanks();
  const auto word = scanner.Word();
  if (const auto value = ParseValue(word, grammar)) {
    line.value = *value;
    line.beyond =
        std::isinf(*value) && word.find_first_of("0123456789") != word.npos;
    status = ParseTail(scanner, grammar, line);
  } else {
    status = Malformed("a sample without a value");
  }
  if (status) return line;
  if (grammar == Grammar::kStrict) return status.error();
  line.kind = TextLine::Kind::kBroken;
  return line;
}

// The name after # HELP or # TYPE.
Result<std::string> ParseFamilyName(TextScanner& scanner, Grammar grammar) {
  std::string name;
  if (grammar == Grammar::kStrict) {
    name = scanner.Name(true);
  } else if (scanner.Skip("\"")) {
    auto quoted = ParseQuoted(scanner, grammar);
    if (!quoted) return quoted.error();
    name = *std::move(quoted);
  } else {
    name = scanner.Word();
  }
  const auto rest = scanner.rest();
  const bool ends = rest.empty() || rest.front() == ' ' || rest.front() == '\t';
  if (ends && (grammar == Grammar::kLoose || !name.empty())) return name;
  return Malformed("HELP or TYPE of nothing");
}

Result<TextLine> ParseComment(std::string_view line, Grammar grammar) {
  TextLine comment;
  TextScanner scanner(line.substr(1));
  scanner.SkipBlanks();
  const auto keyword = scanner.Word();
  if (keyword == "EOF" && scanner.rest().empty()) {
    comment.kind = TextLine::Kind::kEnd;
  }
  if (keyword != "HELP" && keyword != "TYPE") return comment;
  scanner.SkipBlanks();
  if (grammar == Grammar::kLoose && scanner.rest().empty()) return comment;
  auto name = ParseFamilyName(scanner, grammar);
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
  TextScanner scanner(line);
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
