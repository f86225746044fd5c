#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter {

enum class Grammar {
  kStrict,  // valid for every reader of 0.0.4: the line may be relayed
  // Names with any characters, in quotes or not; NaN and infinities in any
  // case; numbers beyond a double; unknown escapes, which keep their backslash.
  kLoose,
};

struct TextNumber {
  double value;
  bool beyond;  // infinite, because the number exceeds a double
};

// Takes a line of Prometheus text apart from its front.
class TextScanner {
 public:
  TextScanner(std::string_view line, Grammar grammar)
      : rest_(line), grammar_(grammar) {}

  bool is_loose() const { return grammar_ == Grammar::kLoose; }

  bool Skip(std::string_view text);
  void SkipBlanks();

  // Up to one of `ends`, which stays.
  std::string_view Until(std::string_view ends) {
    return Take(rest_.find_first_of(ends));
  }
  std::string_view Word() { return Until(" \t"); }

  // A name without quotes; empty when there is none here. The loose grammar
  // takes for a metric's name what cannot be mistaken: it has a letter, and
  // nothing that other formats quote, bracket or assign with.
  std::string_view MetricName();
  std::string_view LabelName();

  // Up to the closing quote, where \\, \" and \n stand for what they do; the
  // first quote is passed already.
  std::optional<std::string> Quoted();

  // The word that is next, as Go's ParseFloat reads it, but for hexadecimal and
  // underscores. The strict grammar takes nothing that is beyond a double.
  std::optional<TextNumber> Number();

  // The rest as # HELP has it, where \\ and \n stand for what they do.
  std::string HelpRest();

  std::string_view rest() const { return rest_; }

 private:
  std::string_view Take(std::size_t size);
  // [a-zA-Z_][a-zA-Z0-9_]*; only metric names have colons.
  std::string_view StrictName(bool colon);
  std::optional<double> NonFinite(std::string_view text) const;
  // Whether an escape was there; that of a quote only if `quote`.
  bool AppendEscape(std::string& text, bool quote);

  std::string_view rest_;
  Grammar grammar_;
};

}  // namespace ipfs_peer_exporter
