#include "exporter/serve/dashboard/html.h"

#include <algorithm>

#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

std::string_view EntityOf(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return "";
  }
}

bool IsPlain(char c) { return c >= ' ' && c < 0x7f && EntityOf(c).empty(); }

}  // namespace

std::string Escape(std::string_view text) {
  if (std::ranges::all_of(text, IsPlain)) return std::string(text);
  std::string html;
  for (const char c : Printable(text)) {
    const auto entity = EntityOf(c);
    if (entity.empty()) {
      html += c;
    } else {
      html += entity;
    }
  }
  return html;
}

std::string Element(std::string_view tag, std::string_view kind,
                    std::string_view text) {
  std::string html("<");
  html.append(tag).append(" class=\"").append(kind).append("\">");
  html.append(Escape(text)).append("</").append(tag).append(">");
  return html;
}

}  // namespace ipfs_peer_exporter
