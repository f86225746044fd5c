#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

// Takes a line of Prometheus text apart from its front.
class TextScanner {
 public:
  explicit TextScanner(std::string_view line) : rest_(line) {}

  bool Skip(std::string_view text);
  void SkipBlanks();

  // Up to one of `ends`, which stays.
  std::string_view Until(std::string_view ends) {
    return Take(rest_.find_first_of(ends));
  }
  std::string_view Word() { return Until(" \t"); }

  // [a-zA-Z_][a-zA-Z0-9_]*, empty when there is none here. Only metric names
  // have colons.
  std::string_view Name(bool colon);

  // Up to the closing quote, where \\, \" and \n stand for what they do. With
  // `any_escape` another backslash stands for itself.
  std::optional<std::string> QuotedRest(bool any_escape);

  // The rest as # HELP has it, where \\ and \n stand for what they do.
  std::string HelpRest();

  std::string_view rest() const { return rest_; }

 private:
  std::string_view Take(std::size_t size);
  // Whether an escape was there; that of a quote only if `quote`.
  bool AppendEscape(std::string& text, bool quote);

  std::string_view rest_;
};

}  // namespace ipfs_peer_exporter
