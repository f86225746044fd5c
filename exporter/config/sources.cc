#include "exporter/config/sources.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <set>
#include <utility>

#include "exporter/config/config_file.h"

namespace ipfs_peer_exporter {
namespace {

using Takes = Target::Takes;

std::string EnvironmentName(const std::string& flag) {
  auto name = "IPFS_PEER_EXPORTER_" + flag.substr(2);
  for (char& c : name) {
    c = c == '.' || c == '-'
            ? '_'
            : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string SettingOf(const std::string& flag) {
  return flag.starts_with("--no-") ? "--" + flag.substr(5) : flag;
}

Status CheckTexts(const Flag& flag, const Texts& texts) {
  const auto takes = flag.target.takes;
  if (takes != Takes::kNothing && takes != Takes::kMany && texts.size() > 1) {
    return BadValue("given more than once");
  }
  // An empty value unsets a flag, but not one that has a default.
  const bool needs_value =
      takes == Takes::kNothing || !flag.default_value.empty();
  if (needs_value && std::ranges::count(texts, "") > 0) {
    return BadValue("the value is empty");
  }
  return Ok();
}

}  // namespace

const Flag* FindFlag(const std::vector<Flag>& flags, std::string_view name) {
  const auto found = std::ranges::find(flags, name, &Flag::name);
  return found == flags.end() ? nullptr : &*found;
}

Settings FromEnvironment(const std::vector<Flag>& flags) {
  Settings settings;
  for (const auto& flag : flags) {
    if (!flag.is_setting()) continue;
    const auto name = EnvironmentName(flag.name);
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    auto texts =
        flag.target.takes == Takes::kMany ? Words({value}) : Texts{value};
    if (!texts.empty()) settings[flag.name] = {std::move(texts), name};
  }
  return settings;
}

Result<Settings> FromFile(const std::vector<Flag>& flags,
                          const std::string& path) {
  const auto entries = ReadConfigFile(path);
  if (!entries) return entries.error();
  Settings settings;
  for (const auto& entry : *entries) {
    const auto name = "--" + entry.key;
    const auto* const flag = FindFlag(flags, name);
    if (flag == nullptr || !flag->is_setting() || entry.key == "config.file") {
      return BadValue(entry.where + ": there is no flag " + name);
    }
    // An empty list counts as an empty value.
    settings[name] = {entry.values.empty() ? Texts{""} : entry.values,
                      name + ": " + entry.where};
  }
  return settings;
}

void Merge(Settings& settings, const Settings& weaker) {
  std::set<std::string> settled;
  for (const auto& [flag, given] : settings) settled.insert(SettingOf(flag));
  for (const auto& [flag, given] : weaker) {
    if (!settled.contains(SettingOf(flag))) settings.emplace(flag, given);
  }
}

Status Apply(const std::vector<Flag>& flags, const Settings& settings) {
  for (const auto& flag : flags) {
    Given given{{}, flag.name};
    if (!flag.default_value.empty()) given.texts = {flag.default_value};
    if (const auto found = settings.find(flag.name); found != settings.end()) {
      given = found->second;
    }
    auto status = CheckTexts(flag, given.texts);
    if (status) status = flag.target.set(given.texts);
    if (!status) {
      return BadValue(given.where + ": " + status.error().message);
    }
  }
  return Ok();
}

}  // namespace ipfs_peer_exporter
