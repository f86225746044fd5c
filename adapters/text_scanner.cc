#include "adapters/text_scanner.h"

#include <algorithm>

namespace ipfs_peer_exporter {
namespace {

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

void TextScanner::SkipBlanks() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
}

std::string_view TextScanner::Name(bool colon) {
  std::size_t size = 0;
  while (size < rest_.size() && IsNameChar(rest_[size], size == 0, colon)) {
    ++size;
  }
  return Take(size);
}

std::optional<std::string> TextScanner::QuotedRest(bool any_escape) {
  std::string text;
  while (true) {
    text += Until("\\\"");
    if (rest_.empty()) return std::nullopt;
    if (Skip("\"")) return text;
    if (AppendEscape(text, true)) continue;
    if (!any_escape) return std::nullopt;
    text += Take(1);
  }
}

std::string TextScanner::HelpRest() {
  std::string text;
  while (!rest_.empty()) {
    text += Until("\\");
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
