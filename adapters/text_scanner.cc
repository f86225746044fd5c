#include "adapters/text_scanner.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "adapters/number.h"

namespace ipfs_peer_exporter {
namespace {

constexpr CharSet kBlanks(" \t");

bool IsNameChar(char c, bool first, bool colon) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (c == ':' && colon) || (!first && c >= '0' && c <= '9');
}

}  // namespace

bool TextScanner::Skip(std::string_view text) {
  if (!rest_.starts_with(text)) return false;
  rest_.remove_prefix(text.size());
  return true;
}

void TextScanner::SkipBlanks() { rest_.remove_prefix(kBlanks.Span(rest_)); }

std::string_view TextScanner::Word() { return Until(kBlanks); }

std::string_view TextScanner::MetricName() {
  if (!is_loose()) return StrictName(true);
  static constexpr CharSet kEnds(" \t{");
  static constexpr CharSet kOdd("\"'}()[]<>=,;#\\");
  const auto name = rest_.substr(0, kEnds.SpanTo(rest_));
  const bool has_letter = std::ranges::any_of(name, [](char c) {
    return IsNameChar(c, true, true) || static_cast<unsigned char>(c) > '~';
  });
  if (!has_letter || kOdd.HasAny(name)) return {};
  return Take(name.size());
}

std::string_view TextScanner::LabelName() {
  static constexpr CharSet kEnds(" \t=,{}\"");
  return is_loose() ? Until(kEnds) : StrictName(false);
}

std::string_view TextScanner::StrictName(bool colon) {
  std::size_t size = 0;
  while (size < rest_.size() && IsNameChar(rest_[size], size == 0, colon)) {
    ++size;
  }
  return Take(size);
}

std::optional<std::string> TextScanner::Quoted() {
  static constexpr CharSet kEnds("\\\"");
  std::string text;
  while (true) {
    text += Until(kEnds);
    if (rest_.empty()) return std::nullopt;
    if (Skip("\"")) return text;
    if (AppendEscape(text, true)) continue;
    if (!is_loose()) return std::nullopt;
    text += Take(1);
  }
}

std::optional<double> TextScanner::NonFinite(std::string_view text) const {
  if (!is_loose()) {
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

std::optional<TextNumber> TextScanner::Number() {
  auto text = Word();
  if (const auto value = NonFinite(text)) return TextNumber{*value, false};
  // ReadNumber() rejects a plus, and accepts words such as nan(1).
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  static constexpr CharSet kDigits("+-.eE0123456789");
  if (!kDigits.HasAll(text)) return std::nullopt;
  const auto value = ReadNumber(text);
  if (!value || (!is_loose() && !std::isfinite(*value))) return std::nullopt;
  return TextNumber{*value, std::isinf(*value)};
}

std::string TextScanner::HelpRest() {
  static constexpr CharSet kEscape("\\");
  std::string text;
  while (!rest_.empty()) {
    text += Until(kEscape);
    if (!AppendEscape(text, false)) text += Take(1);
  }
  return text;
}

bool TextScanner::AppendEscape(std::string& text, bool quote) {
  constexpr struct {
    std::string_view written;
    char meant;
  } kEscapes[] = {{"\\\\", '\\'}, {"\\n", '\n'}, {"\\\"", '"'}};
  for (const auto& escape : kEscapes) {
    if ((quote || escape.meant != '"') && Skip(escape.written)) {
      text += escape.meant;
      return true;
    }
  }
  return false;
}

std::string_view TextScanner::Take(std::size_t size) {
  const auto taken = rest_.substr(0, size);
  rest_.remove_prefix(taken.size());
  return taken;
}

}  // namespace ipfs_peer_exporter
