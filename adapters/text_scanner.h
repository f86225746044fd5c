#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/char_set.h"

namespace ipfs_peer_exporter {

enum class Grammar {
  kStrict,  // valid for every reader of 0.0.4: the line may be relayed
  // Also names with any characters, quoted or not; NaN and infinities in any
  // case; numbers that exceed a double; unknown escapes, which keep their
  // backslash.
  kLoose,
};

struct TextNumber {
  double value;
  bool beyond;  // the number exceeds a double; `value` is infinite
};

// Reads a line of Prometheus text from its front. The line must outlive it.
class TextScanner {
 public:
  TextScanner(std::string_view line, Grammar grammar)
      : rest_(line), grammar_(grammar) {}

  bool is_loose() const { return grammar_ == Grammar::kLoose; }

  // Skips `text`; false if the rest does not begin with it.
  bool Skip(std::string_view text);
  void SkipBlanks();

  // Reads up to one of `ends`, exclusive.
  std::string_view Until(const CharSet& ends) {
    return Take(ends.SpanTo(rest_));
  }
  std::string_view Word();

  // Reads an unquoted name; empty if there is none. In the loose grammar, the
  // name of a metric must contain a letter and none of the characters that
  // other formats use for quotes, brackets and assignments.
  std::string_view MetricName();
  std::string_view LabelName();

  // Reads up to the closing quote and resolves \\, \" and \n. The caller has
  // skipped the opening quote. nullopt if there is no closing quote or, in the
  // strict grammar, an unknown escape.
  std::optional<std::string> Quoted();

  // Reads the next word as Go's ParseFloat does, except hexadecimal numbers and
  // underscores. The strict grammar rejects numbers that exceed a double.
  std::optional<TextNumber> Number();

  // Reads the rest as the text of # HELP and resolves \\ and \n.
  std::string HelpRest();

  std::string_view rest() const { return rest_; }

 private:
  std::string_view Take(std::size_t size);
  // [a-zA-Z_][a-zA-Z0-9_]*; also colons if `colon`, for metric names.
  std::string_view StrictName(bool colon);
  std::optional<double> NonFinite(std::string_view text) const;
  // Reads an escape and appends its meaning; false if there is none. Accepts \"
  // only if `quote`.
  bool AppendEscape(std::string& text, bool quote);

  std::string_view rest_;
  Grammar grammar_;
};

}  // namespace ipfs_peer_exporter
