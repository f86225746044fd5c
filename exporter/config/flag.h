#pragma once

#include <charconv>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/given.h"

// Parts of the table of flags in flags.h; each Flag is a row.
namespace ipfs_peer_exporter {

// How many values a flag takes, and where they are stored.
struct Target {
  enum class Takes { kNothing, kOptional, kOne, kMany };
  Takes takes;
  // Stores the values given for the flag, else its default. `texts` is empty if
  // there is neither. The error does not name the flag.
  std::function<Status(const Texts& texts)> set;
  Texts words = {};  // the only values, if they can be listed
};

struct Flag {
  // What the value is, for a reload and for those who may see it.
  enum class Content {
    kPlain,
    kFile,    // a file that only a start or a reload reads
    kUrl,     // its query may hold a secret
    kSecret,  // never shown
  };

  std::string name;           // "--ipfs.timeout"
  std::string type;           // value's type in --help; empty for a switch
  std::string default_value;  // as a user writes it; empty if there is none
  Target target;
  std::string help;  // empty: --help does not list the flag
  Content content = Content::kPlain;
  std::string group = {};  // heading in --help

  // Whether environment variables and the configuration file can set it too.
  // Commands, such as --once, have no dot in their name.
  bool is_setting() const { return name.find('.') != name.npos; }
};

// The error (kParse) of an invalid value.
Error BadValue(std::string message);

// Splits texts at white space, and at commas too if `commas`.
Texts Words(const Texts& texts, bool commas = false);

// Joins words with commas: "a, b".
std::string Join(std::span<const std::string_view> words);

// Sets `value` to the value of `result`, or returns its error.
template <typename T, typename U>
Status Store(T& value, Result<U> result) {
  if (!result) return result.error();
  value = std::move(*result);
  return Ok();
}

// Takes one text. `set` is not called if the text is empty.
Target One(std::function<Status(const std::string& text)> set);

// Takes one text, which `parse` converts to the value.
template <typename T, typename Parse>
Target One(T& value, Parse parse) {
  return One([&value, parse](const std::string& text) {
    return Store(value, parse(text));
  });
}

Target One(std::string& value);

// Takes true or false; a flag without a value counts as true. Sets `value` to
// `on` if true, else to !on.
Target Switch(bool& value, bool on = true);

// Rules for a list of texts separated by white space.
struct ListRule {
  bool commas = true;     // commas separate too
  bool required = false;  // at least one text
  bool distinct = false;  // no text twice
  std::function<Status(const std::string& text)> check = nullptr;
  Texts words = {};  // as Target::words; `check` enforces them
};
// Takes a list of at most 100 texts.
Target List(Texts& values, ListRule rule);

// The shortest decimal text of the number.
std::string NumberText(double number);

// Returns a parser of numbers from `min` to `max`.
template <typename T>
auto Number(T min, T max) {
  return [min, max](const std::string& text) -> Result<T> {
    T number{};
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (read.ec == std::errc() && read.ptr == end && number >= min &&
        number <= max) {
      return number;
    }
    return BadValue("\"" + text + "\" is not a number from " +
                    NumberText(static_cast<double>(min)) + " to " +
                    NumberText(static_cast<double>(max)));
  };
}

// Takes one of `words`. Sets `value` to the enumerator whose value is the index
// of the word.
template <typename Enum>
Target OneOf(Enum& value, std::span<const std::string_view> words) {
  const auto parse = [words](const std::string& text) -> Result<Enum> {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == text) return static_cast<Enum>(i);
    }
    return BadValue("\"" + text + "\" is not one of " + Join(words));
  };
  auto target = One(value, parse);
  target.words.assign(words.begin(), words.end());
  return target;
}

}  // namespace ipfs_peer_exporter
