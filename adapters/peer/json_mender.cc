#include "adapters/peer/json_mender.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "adapters/char_set.h"
#include "adapters/json_scanner.h"
#include "adapters/number.h"
#include "adapters/utf8.h"

namespace ipfs_peer_exporter::peer {
namespace {

constexpr struct {
  std::string_view word;  // in any case
  std::string_view json;
} kWords[] = {{"true", "true"},     {"false", "false"}, {"null", "null"},
              {"none", "null"},     {"nil", "null"},    {"na", "null"},
              {"undefined", "null"}};

constexpr CharSet kDigits("0123456789");
constexpr CharSet kHex("0123456789abcdefABCDEF");
// What may be part of a number or word, including nan(0x1) and 1.#INF.
constexpr CharSet kWord(
    "+-._#()0123456789abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Removes the digits at the front of `text` and returns their number.
std::size_t TakeDigits(std::string_view& text) {
  const auto size = kDigits.Span(text);
  text.remove_prefix(size);
  return size;
}

bool TakeOneOf(std::string_view& text, std::string_view bytes) {
  if (text.empty() || bytes.find(text.front()) == bytes.npos) return false;
  text.remove_prefix(1);
  return true;
}

// Whether `text` is a JSON number that RapidJSON cannot reject as too large,
// because it is below 1e300.
bool IsPlainNumber(std::string_view text) {
  constexpr std::size_t kMostBytes = 200;
  constexpr std::size_t kMostExponent = 2;  // digits
  if (text.size() > kMostBytes) return false;
  TakeOneOf(text, "-");
  const bool zero = text.starts_with('0');
  const auto whole = TakeDigits(text);
  if (whole == 0 || (zero && whole > 1)) return false;
  if (TakeOneOf(text, ".") && TakeDigits(text) == 0) return false;
  if (TakeOneOf(text, "eE")) {
    TakeOneOf(text, "+-");
    const auto exponent = TakeDigits(text);
    if (exponent == 0 || exponent > kMostExponent) return false;
  }
  return text.empty();
}

bool BeginsAsNumber(std::string_view text) {
  TakeOneOf(text, "+-");
  TakeOneOf(text, ".");
  return !text.empty() && IsDigit(text.front());
}

std::string WriteNumber(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Inf" : "Inf";
  return ToText(number);
}

// The word in JSON; nullopt if the word is unknown.
std::optional<std::string> WriteWord(std::string_view word) {
  const auto* const known = std::ranges::find_if(kWords, [&](const auto& row) {
    return std::ranges::equal(row.word, word, {}, {}, Lower);
  });
  if (known != std::end(kWords)) return std::string(known->json);
  if (const auto number = ReadPrintedNumber(word)) return WriteNumber(*number);
  if (BeginsAsNumber(word)) return '"' + std::string(word) + '"';
  return std::nullopt;
}

// The size in bytes of the escape at the front of `text`; 0 if it is invalid.
std::size_t EscapeSize(std::string_view text) {
  constexpr std::size_t kCodeUnit = 6;  // \u and four digits
  if (text.size() < 2) return 0;
  if (text[1] != 'u') {
    return std::string_view("\"\\/bfnrt").find(text[1]) == text.npos ? 0 : 2;
  }
  if (text.size() < kCodeUnit || !kHex.HasAll(text.substr(2, 4))) {
    return 0;
  }
  const auto unit = [&](std::size_t at) {
    unsigned value = 0;
    std::from_chars(text.data() + at, text.data() + at + 4, value, 16);
    return value;
  };
  const bool leads_pair = (unit(2) & 0xFC00u) == 0xD800u;
  if (!leads_pair) return kCodeUnit;
  const auto second = text.substr(kCodeUnit, kCodeUnit);
  const bool pair = second.size() == kCodeUnit && second.starts_with("\\u") &&
                    kHex.HasAll(second.substr(2)) &&
                    (unit(kCodeUnit + 2) & 0xFC00u) == 0xDC00u;
  return pair ? 2 * kCodeUnit : 0;
}

class Mender {
 public:
  explicit Mender(std::string& bytes) : bytes_(bytes) {}

  void Mend() {
    while (at_ < bytes_.size()) {
      const char c = bytes_[at_];
      if (c == '"') {
        String();
      } else if (kWord.Has(c)) {
        Word();
      } else {
        if (!IsBlank(c)) after_colon_ = c == ':';
        ++at_;
      }
    }
    if (kept_ == 0) return;
    bytes_ = mended_.append(bytes_, kept_);
  }

 private:
  static bool IsBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  std::string_view rest() const { return std::string_view(bytes_).substr(at_); }

  void String() {
    after_colon_ = false;
    JsonScanner scanner;
    scanner.Take(bytes_[at_++]);
    auto end = scanner.TakeString(bytes_, at_);
    if (!scanner.in_string()) --end;  // excludes the closing quote
    while (at_ < end) {
      if (const auto size = CharacterSize(); size > 0) {
        at_ += size;
        continue;
      }
      const auto from = at_;
      while (at_ < end && CharacterSize() == 0) ++at_;
      Replace(from, "\\udc00");
    }
    ++at_;
  }

  // The size in bytes of the next character or escape; 0 if JSON does not allow
  // it in a string.
  std::size_t CharacterSize() const {
    const char c = bytes_[at_];
    if (c == '\\') return EscapeSize(rest());
    if (c >= ' ' && c <= '~') return 1;  // most characters
    return static_cast<unsigned char>(c) < ' ' ? 0 : Utf8Size(rest());
  }

  void Word() {
    const auto from = at_;
    const bool is_member = after_colon_;
    after_colon_ = false;
    while (at_ < bytes_.size() &&
           (kWord.Has(bytes_[at_]) || (is_member && AtDecimalComma(from)))) {
      ++at_;
    }
    const auto word = std::string_view(bytes_).substr(from, at_ - from);
    if (IsPlainNumber(word) || BeforeColon()) return;
    const auto written = WriteWord(word);
    if (written && *written != word) Replace(from, *written);
  }

  // In some languages, 0,5 is one number. In an array it is two, but a member's
  // comma is followed by a key, which has quotes.
  bool AtDecimalComma(std::size_t from) const {
    return bytes_[at_] == ',' && at_ + 1 < bytes_.size() &&
           IsDigit(bytes_[at_ + 1]) &&
           BeginsAsNumber(std::string_view(bytes_).substr(from, at_ - from));
  }

  // Whether the word that ends here is a key without quotes.
  bool BeforeColon() const {
    static constexpr CharSet kBlanks(" \t\r\n");
    const auto text = rest();
    return text.substr(kBlanks.Span(text)).starts_with(':');
  }

  // Replaces the bytes from `from` to at_ with `text`.
  void Replace(std::size_t from, std::string_view text) {
    mended_.append(bytes_, kept_, from - kept_).append(text);
    kept_ = at_;
  }

  std::string& bytes_;
  std::string mended_;    // the result for bytes_ before kept_
  std::size_t kept_ = 0;  // bytes_ from here to at_ need no change
  std::size_t at_ = 0;
  bool after_colon_ = false;  // only blanks since the last colon
};

}  // namespace

void MendJson(std::string& bytes) { Mender(bytes).Mend(); }

}  // namespace ipfs_peer_exporter::peer
