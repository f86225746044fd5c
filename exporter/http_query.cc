#include "exporter/http_query.h"

#include <microhttpd.h>

#include <algorithm>

namespace ipfs_peer_exporter {
namespace {

// Cuts `text` at the first `separator` and returns what stood before it.
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

std::string_view Trim(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

}  // namespace

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

bool AcceptsGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    std::string_view weight = CutAt(',', &accept_encoding);
    const std::string_view coding = Trim(CutAt(';', &weight));
    if (coding != "gzip") continue;
    return Trim(weight).empty() ||
           weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

}  // namespace ipfs_peer_exporter
