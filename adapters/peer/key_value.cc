#include "adapters/peer/key_value.h"

#include <charconv>
#include <optional>
#include <vector>

#include "adapters/char_set.h"
#include "adapters/number.h"
#include "adapters/peer/plain.h"
#include "adapters/peer/text_lines.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

constexpr CharSet kBlanks(" \t");
constexpr CharSet kAssign("=:");

struct Pair {
  std::string_view key;
  std::string_view text;
};

// Accepts numbers, NaN, infinities, true and false.
std::optional<double> ParseValue(std::string_view text) {
  if (text == "true") return 1;
  if (text == "false") return 0;
  return ReadPrintedNumber(text);
}

void Read(const Pair& pair, PlainValues& values) {
  // A version without quotes may look like a number.
  const auto number =
      PlainValues::IsInfo(pair.key) ? std::nullopt : ParseValue(pair.text);
  number ? values.Number(pair.key, *number) : values.Text(pair.key, pair.text);
}

// Parses STAT name value, as memcached writes it. The name may contain colons.
std::optional<Pair> ParseStat(std::string_view line) {
  constexpr std::string_view kStat = "STAT ";
  if (!line.starts_with(kStat)) return std::nullopt;
  const auto rest = Trim(line.substr(kStat.size()));
  const auto size = kBlanks.SpanTo(rest);
  if (size == rest.size()) return std::nullopt;
  const Pair pair{rest.substr(0, size), Trim(rest.substr(size))};
  const bool has_sign = pair.key.find('=') != pair.key.npos ||
                        pair.key.ends_with(':') || pair.text.starts_with('=') ||
                        pair.text.starts_with(':');
  // A Prometheus metric called STAT, with a timestamp, has a number as name.
  if (has_sign || ParseValue(pair.key)) return std::nullopt;
  return pair;
}

std::optional<Pair> ParsePair(std::string_view line) {
  if (const auto stat = ParseStat(line)) return stat;
  const auto size = kAssign.SpanTo(line);
  if (size == line.size()) return std::nullopt;
  return Pair{Trim(line.substr(0, size)), Trim(line.substr(size + 1))};
}

std::string_view TakeWord(std::string_view& text) {
  const auto word = text.substr(0, kBlanks.SpanTo(text));
  text = Trim(text.substr(word.size()));
  return word;
}

// Parses key: 1 key: 2 on one line, as nginx writes it. Empty if the line
// contains anything else.
std::vector<Pair> ParseRow(std::string_view line) {
  constexpr std::size_t kMostPairs = 16;
  std::vector<Pair> pairs;
  while (!line.empty() && pairs.size() < kMostPairs) {
    auto key = TakeWord(line);
    const auto text = TakeWord(line);
    if (key.size() < 2 || !key.ends_with(':') || !ParseValue(text)) return {};
    key.remove_suffix(1);
    if (PlainValues::IsInfo(key)) return {};  // the rest is its text
    pairs.push_back({key, text});
  }
  return line.empty() ? pairs : std::vector<Pair>();
}

// Whether `key` is one to four words of characters that are usual in keys.
bool IsLikelyKey(std::string_view key) {
  constexpr std::size_t kMostWords = 4;
  // Characters of markup, JSON, queries and lists.
  static constexpr CharSet kUnlikely("<>{}[]\"'`,;&?!=\\");
  if (key.empty() || kUnlikely.HasAny(key)) return false;
  for (std::size_t words = 0; words < kMostWords && !key.empty(); ++words) {
    TakeWord(key);
  }
  return key.empty();
}

}  // namespace

Status TranslateKeyValue(std::string_view bytes, Samples& samples) {
  PlainValues values(samples);
  std::size_t good = 0;
  std::size_t bad = 0;
  const auto skip = [&](SkipReason reason, std::string_view name) {
    samples.Skip(reason, name);
    ++bad;
  };
  bytes = WithoutFrame(bytes);
  while (const auto whole = TakeLine(bytes)) {
    const auto line = Trim(*whole);
    if (line.empty() || line.starts_with('#') || line == "END") continue;
    const auto pair = ParsePair(line);
    if (!IsCleanUtf8(line)) {
      skip(SkipReason::kEncoding, pair ? pair->key : line);
    } else if (!pair) {
      skip(SkipReason::kType, line);
    } else if (pair->key.empty()) {
      skip(SkipReason::kName, line);
    } else {
      const auto row = ParseRow(line);
      for (const auto& each : row) Read(each, values);
      if (row.empty()) Read(*pair, values);
      ++good;
    }
  }
  if (const auto cut = Trim(bytes); !cut.empty()) skip(SkipReason::kType, cut);
  values.End();
  if (good > 0 || bad == 0) return Ok();
  return Error{Reason::kParse, "no line is key=value or key: value"};
}

Guess GuessLine(std::string_view line) {
  if (!IsCleanUtf8(line) || line.starts_with('#')) return Guess::kOther;
  const auto pair = ParsePair(line);
  if (!pair) {
    return IsLikelyKey(line) && !kBlanks.HasAny(line) ? Guess::kPerhaps
                                                      : Guess::kOther;
  }
  if (!IsLikelyKey(pair->key)) return Guess::kOther;
  return ParseValue(pair->text) ? Guess::kKeyValue : Guess::kPerhaps;
}

std::string_view WithoutFrame(std::string_view bytes) {
  auto rest = bytes;
  while (const auto whole = TakeLine(rest)) {
    const auto line = Trim(*whole);
    if (line.starts_with('+')) continue;  // the reply to AUTH
    if (!line.starts_with('$')) break;
    std::size_t size = 0;
    const char* const end = line.data() + line.size();
    const auto read = std::from_chars(line.data() + 1, end, size);
    if (read.ec != std::errc() || read.ptr != end) break;
    return rest.substr(0, size);
  }
  return bytes;
}

}  // namespace ipfs_peer_exporter::peer
