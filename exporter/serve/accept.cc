#include "exporter/serve/accept.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <tuple>

#include "exporter/serve/http_query.h"

namespace ipfs_peer_exporter {
namespace {

constexpr int kFullWeight = 1000;

// The formats that can be served, the preferred one first.
constexpr struct Offer {
  std::string_view type, subtype, version;
  Format format;
} kOffers[] = {
    {"text", "plain", "0.0.4", Format::kText},
    {"application", "openmetrics-text", "1.0.0", Format::kOpenMetrics},
    {"application", "openmetrics-text", "0.0.1", Format::kOpenMetrics},
    {"text", "plain", "1.0.0", Format::kText},
};

// The schemes for names in UTF-8, and the one to answer. All change nothing in
// the names that the exporter serves, except "dots", which doubles underscores.
constexpr std::string_view kEscapings[][2] = {{"allow-utf-8", "allow-utf-8"},
                                              {"underscores", "underscores"},
                                              {"values", "values"},
                                              {"dots", "underscores"}};

// The first `separator` outside of quotes, or the end.
std::size_t FindUnquoted(char separator, std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && quoted) {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == separator && !quoted) {
      return i;
    }
  }
  return text.size();
}

// Returns the text before the first `separator` without blanks around it.
// Removes that text and the separator from `text`.
std::string_view CutAt(char separator, std::string_view* text) {
  const auto end = FindUnquoted(separator, *text);
  const std::string_view head = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return Trim(head);
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
  return std::min(weight, kFullWeight);
}

std::string_view Unquote(std::string_view text) {
  const bool quoted =
      text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The value of the first parameter called `name`; nullopt without one.
std::optional<std::string_view> Parameter(std::string_view parameters,
                                          std::string_view name) {
  while (!parameters.empty()) {
    auto value = CutAt(';', &parameters);
    if (IsSameText(CutAt('=', &value), name)) return Unquote(Trim(value));
  }
  return std::nullopt;
}

int Weight(std::string_view parameters) {
  const auto weight = Parameter(parameters, "q");
  return weight ? ReadWeight(*weight) : kFullWeight;
}

// One element of an Accept header.
struct Range {
  std::string_view type, subtype;
  std::optional<std::string_view> version;
  std::string_view parameters;
  int weight;

  // How precisely the range names the offer; nullopt if it does not.
  std::optional<int> Precision(const Offer& offer) const {
    if (type == "*" && subtype == "*") return 0;
    if (!IsSameText(type, offer.type)) return std::nullopt;
    if (subtype == "*") return 1;
    if (!IsSameText(subtype, offer.subtype)) return std::nullopt;
    if (!version) return 2;
    if (*version == offer.version) return 3;
    return std::nullopt;
  }
};

// Removes the first element of an Accept header.
Range CutRange(std::string_view* accept) {
  auto parameters = CutAt(',', accept);
  auto subtype = CutAt(';', &parameters);
  const auto type = CutAt('/', &subtype);
  return {type, subtype, Parameter(parameters, "version"), parameters,
          Weight(parameters)};
}

// The most precise range that names an offer, of equal ones the first.
struct Match {
  Range range;
  int precision;
  int place;  // of the range in the header, from 0

  bool IsBetterThan(const Match& other) const {
    return std::tuple(range.weight, precision, other.place) >
           std::tuple(other.range.weight, other.precision, place);
  }
};

// For each offer; nullopt if no range names it. Allocates nothing, because a
// client may send thousands of ranges.
std::array<std::optional<Match>, std::size(kOffers)> MatchOffers(
    std::string_view accept) {
  std::array<std::optional<Match>, std::size(kOffers)> matches;
  for (int place = 0; !accept.empty(); ++place) {
    const auto range = CutRange(&accept);
    for (std::size_t i = 0; i < matches.size(); ++i) {
      const auto precision = range.Precision(kOffers[i]);
      if (!precision) continue;
      if (!matches[i] || *precision > matches[i]->precision) {
        matches[i] = Match{range, *precision, place};
      }
    }
  }
  return matches;
}

std::string ContentType(const Offer& offer, std::string_view parameters) {
  std::string text;
  text.append(offer.type).append("/").append(offer.subtype);
  text.append("; version=").append(offer.version).append("; charset=utf-8");
  if (const auto asked = Parameter(parameters, "escaping")) {
    for (const auto& [scheme, answer] : kEscapings) {
      if (*asked == scheme) text.append("; escaping=").append(answer);
    }
  }
  return text;
}

// The weight of the first mention of `coding`; nullopt without a mention.
std::optional<int> WeightOf(std::string_view coding,
                            std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    auto parameters = CutAt(',', &accept_encoding);
    if (IsSameText(CutAt(';', &parameters), coding)) return Weight(parameters);
  }
  return std::nullopt;
}

}  // namespace

AcceptedFormat ChooseFormat(std::string_view accept) {
  const auto matches = MatchOffers(accept);
  const auto* offer = kOffers;
  const Match* best = nullptr;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    const auto& match = matches[i];
    if (!match || match->range.weight == 0) continue;
    if (best != nullptr && !match->IsBetterThan(*best)) continue;
    offer = &kOffers[i];
    best = &*match;
  }
  return {offer->format,
          ContentType(*offer, best != nullptr ? best->range.parameters : "")};
}

bool AcceptsGzip(std::string_view accept_encoding) {
  const auto gzip = WeightOf("gzip", accept_encoding);
  const auto others = WeightOf("*", accept_encoding);
  const int identity =
      WeightOf("identity", accept_encoding).value_or(others.value_or(0));
  if (gzip) return *gzip > 0 && *gzip >= identity;
  return others && *others > identity;
}

}  // namespace ipfs_peer_exporter
