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

// A flag is a row of the table in flags.h. This is what rows are made of.
namespace ipfs_peer_exporter {

using Texts = std::vector<std::string>;

// Where the value of a flag goes.
struct Target {
  enum class Takes { kNothing, kOptional, kOne, kMany };
  Takes takes;
  // Reads what the flag was given, else its default, else nothing. The error
  // does not name the flag.
  std::function<Status(const Texts& texts)> set;
};

struct Flag {
  std::string name;           // "--ipfs.timeout"
  std::string type;           // of the value in --help; empty for a switch
  std::string default_value;  // as a user would write it; empty for none
  Target target;
  std::string help;        // empty: not listed by --help
  std::string group = {};  // heading in --help

  // Environment variables and the configuration file set it too. Commands, such
  // as --once, have no dot.
  bool is_setting() const { return name.find('.') != name.npos; }
};

Error BadValue(std::string message);

// Texts between white space, or commas if `commas`.
Texts Words(const Texts& texts, bool commas = false);

// "a, b"
std::string Join(std::span<const std::string_view> words);

template <typename T, typename U>
Status Store(T& value, Result<U> result) {
  if (!result) return result.error();
  value = std::move(*result);
  return Ok();
}

// One text. `set` is not called for an empty one.
Target One(std::function<Status(const std::string& text)> set);

// One text that `parse` makes a value of.
template <typename T, typename Parse>
Target One(T& value, Parse parse) {
  return One([&value, parse](const std::string& text) {
    return Store(value, parse(text));
  });
}

Target One(std::string& value);

// true or false, true when there is no value. Sets `value` to `on` when true.
Target Switch(bool& value, bool on = true);

// Texts between white space.
struct ListRule {
  bool commas = true;     // between commas too
  bool required = false;  // one at least
  bool distinct = false;
  std::function<Status(const std::string& text)> check = nullptr;
};
Target List(Texts& values, ListRule rule);

// As few digits as tell the number.
std::string NumberText(double number);

// A number from `min` to `max`.
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

// The enumerator that has the index of the word.
template <typename Enum>
auto OneOf(std::span<const std::string_view> words) {
  return [words](const std::string& text) -> Result<Enum> {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i] == text) return static_cast<Enum>(i);
    }
    return BadValue("\"" + text + "\" is not one of " + Join(words));
  };
}

}  // namespace ipfs_peer_exporter
