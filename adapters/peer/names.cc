#include "adapters/peer/names.h"

#include <algorithm>

#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameChar(char c) {
  return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '_';
}

constexpr std::string_view kReservedPrefixes[] = {"ipfs_peer_exporter_",
                                                  "process_", "go_", "scrape_"};
// Labels that Prometheus sets for a target, and `peer`, which the exporter
// sets.
constexpr std::string_view kTargetLabels[] = {"job", "instance", "peer"};

// The size of the first character of `text` in bytes; 1 if it is invalid.
std::size_t CharacterSize(std::string_view text) {
  return std::max<std::size_t>(Utf8Size(text), 1);
}

}  // namespace

std::string SnakeCase(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); i += CharacterSize(text.substr(i))) {
    const char c = text[i];
    const bool after_word =
        i > 0 && (IsLower(text[i - 1]) || IsDigit(text[i - 1]));
    const bool ends_acronym = i > 0 && IsUpper(text[i - 1]) &&
                              i + 1 < text.size() && IsLower(text[i + 1]);
    if (IsUpper(c)) {
      if (after_word || ends_acronym) name += '_';
      name += static_cast<char>(c - 'A' + 'a');
    } else {
      name += IsLower(c) || IsDigit(c) ? c : '_';
    }
  }
  return name;
}

prometheus::MetricType TypeOfName(std::string_view name) {
  return name.ends_with("_total") ? kCounter : kGauge;
}

bool IsName(std::string_view text) {
  if (text.empty() || IsDigit(text.front())) return false;
  return std::ranges::all_of(text, IsNameChar);
}

std::string WithNameCharacters(std::string_view text) {
  // Most names need no change.
  if (std::ranges::all_of(text, IsNameChar)) return std::string(text);
  std::string name;
  while (!text.empty()) {
    name += IsNameChar(text.front()) ? text.front() : '_';
    text.remove_prefix(CharacterSize(text));
  }
  return name;
}

std::string WithNamespace(std::string_view name_space, std::string_view name) {
  const std::string prefix = std::string(name_space) + "_";
  std::string full(name);
  if (name != name_space && !name.starts_with(prefix)) full.insert(0, prefix);
  return full;
}

bool IsReservedName(std::string_view name, const TypeOf& type_of_ours) {
  if (name == "up" || name == "peer_up") return true;
  for (const auto prefix : kReservedPrefixes) {
    if (name.starts_with(prefix)) return true;
  }
  // All families of the collectors begin with ipfs_.
  if (type_of_ours == nullptr || !name.starts_with("ipfs_")) return false;
  return type_of_ours(name) || IsPartOfFamily(name, type_of_ours);
}

void RenameTargetLabels(Labels& labels) {
  constexpr std::string_view kPrefix = "exported_";
  for (const auto name : kTargetLabels) {
    const auto found =
        std::ranges::find(labels, name, &prometheus::ClientMetric::Label::name);
    if (found == labels.end()) continue;
    auto free = std::string(name);
    while (std::ranges::count(labels, free,
                              &prometheus::ClientMetric::Label::name) > 0) {
      free.insert(0, kPrefix);
    }
    found->name = std::move(free);
  }
}

std::string Readable(std::string_view text) {
  std::string readable;
  while (!text.empty()) {
    const auto size = Utf8Size(text);
    if (readable.size() + std::max<std::size_t>(size, 1) > kMaxName) break;
    readable += size == 0 ? "?" : text.substr(0, size);
    text.remove_prefix(CharacterSize(text));
  }
  return readable;
}

}  // namespace ipfs_peer_exporter::peer
