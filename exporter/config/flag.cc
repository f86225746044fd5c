#include "exporter/config/flag.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace ipfs_peer_exporter {
namespace {

// Words for true and false in YAML and shells.
constexpr struct {
  std::string_view on;
  std::string_view off;
} kSwitchWords[] = {{"true", "false"},
                    {"yes", "no"},
                    {"on", "off"},
                    {"1", "0"},
                    {"enable", "disable"}};

Result<bool> ParseSwitch(const std::string& text) {
  auto word = text;
  std::ranges::transform(word, word.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  for (const auto& [on, off] : kSwitchWords) {
    if (word == on) return true;
    if (word == off) return false;
  }
  return BadValue("\"" + text + "\" is neither true nor false");
}

// Each value may cost a call to the daemon.
constexpr std::size_t kMaxValues = 100;

Status CheckList(const Texts& values, const ListRule& rule) {
  if (values.size() > kMaxValues) return BadValue("more than 100 values");
  if (rule.required && values.empty()) {
    return BadValue("at least one value is needed");
  }
  std::set<std::string> seen;
  for (const auto& value : values) {
    if (rule.distinct && !seen.insert(value).second) {
      return BadValue("\"" + value + "\" is given twice");
    }
    if (!rule.check) continue;
    if (auto checked = rule.check(value); !checked) return checked;
  }
  return Ok();
}

}  // namespace

Error BadValue(std::string message) {
  return {Reason::kParse, std::move(message)};
}

Texts Words(const Texts& texts, bool commas) {
  const std::string_view separators = commas ? " \t\r\n\v\f," : " \t\r\n\v\f";
  Texts words;
  for (const auto& text : texts) {
    std::size_t end = 0;
    for (;;) {
      const auto begin = text.find_first_not_of(separators, end);
      if (begin == text.npos) break;
      end = std::min(text.find_first_of(separators, begin), text.size());
      words.push_back(text.substr(begin, end - begin));
    }
  }
  return words;
}

std::string Join(std::span<const std::string_view> words) {
  std::string joined;
  for (const auto word : words) {
    if (!joined.empty()) joined += ", ";
    joined += word;
  }
  return joined;
}

std::string NumberText(double number) {
  char text[32];
  const auto written =
      std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  return {text, written.ptr};
}

Target One(std::function<Status(const std::string& text)> set) {
  return {Target::Takes::kOne, [set = std::move(set)](const Texts& texts) {
            return texts.empty() || texts[0].empty() ? Ok() : set(texts[0]);
          }};
}

Target One(std::string& value) {
  return One([&value](const std::string& text) {
    value = text;
    return Ok();
  });
}

Target Switch(bool& value, bool on) {
  return {Target::Takes::kNothing, [&value, on](const Texts& texts) -> Status {
            if (texts.empty()) return Ok();
            const auto given = ParseSwitch(texts.back());
            if (!given) return given.error();
            value = *given == on;
            return Ok();
          }};
}

Target List(Texts& values, ListRule rule) {
  auto listed = rule.words;
  return {Target::Takes::kMany,
          [&values, rule = std::move(rule)](const Texts& texts) -> Status {
            if (texts.empty()) return Ok();
            auto words = Words(texts, rule.commas);
            if (auto checked = CheckList(words, rule); !checked) return checked;
            values = std::move(words);
            return Ok();
          },
          std::move(listed)};
}

}  // namespace ipfs_peer_exporter
