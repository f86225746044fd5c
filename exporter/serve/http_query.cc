#include "exporter/serve/http_query.h"

#include <microhttpd.h>
#include <strings.h>

#include <algorithm>

namespace ipfs_peer_exporter {
namespace {

// Returns the text before the first `separator`. Removes that text and the
// separator from `text`.
std::string_view CutAt(char separator, std::string_view* text) {
  const auto end = std::min(text->find(separator), text->size());
  const std::string_view head = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return head;
}

std::string Decode(std::string_view encoded) {
  std::string text(encoded);
  std::ranges::replace(text, '+', ' ');
  text.resize(MHD_http_unescape(text.data()));
  return text;
}

}  // namespace

std::string_view Trim(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

bool IsSameText(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

HttpQuery ParseQuery(std::string_view text) {
  HttpQuery query;
  while (!text.empty()) {
    std::string_view value = CutAt('&', &text);
    if (value.empty()) continue;
    const std::string_view name = CutAt('=', &value);
    query.emplace_back(Decode(name), Decode(value));
  }
  return query;
}

}  // namespace ipfs_peer_exporter
