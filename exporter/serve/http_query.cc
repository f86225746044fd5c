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

// A qvalue (RFC 9110, 12.4.2) in thousandths; 0 if `text` is not a qvalue.
int ReadWeight(std::string_view text) {
  if (text.empty() || text.size() > 5) return 0;
  if ((text[0] != '0' && text[0] != '1') || (text.size() > 1 && text[1] != '.'))
    return 0;
  int weight = text[0] - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (digit < '0' || digit > '9') return 0;
    weight = 10 * weight + (digit - '0');
  }
  return std::min(weight, 1000);
}

// The weight of a coding with `parameters`; 1,000 without a "q".
int Weight(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = CutAt(';', &parameters);
    const std::string_view name = Trim(CutAt('=', &value));
    if (IsSameText(name, "q")) return ReadWeight(Trim(value));
  }
  return 1000;
}

// The weight of the first mention of `coding`; 0 without a mention.
int WeightOf(std::string_view coding, std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    std::string_view parameters = CutAt(',', &accept_encoding);
    if (IsSameText(Trim(CutAt(';', &parameters)), coding)) {
      return Weight(parameters);
    }
  }
  return 0;
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

bool AcceptsGzip(std::string_view accept_encoding) {
  const int gzip = WeightOf("gzip", accept_encoding);
  return gzip > 0 && gzip >= WeightOf("identity", accept_encoding);
}

}  // namespace ipfs_peer_exporter
