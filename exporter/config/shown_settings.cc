#include "exporter/config/shown_settings.h"

#include <utility>

#include "exporter/config/flags.h"

namespace ipfs_peer_exporter {
namespace {

std::string Shown(const Flag& flag, const std::string& text) {
  if (flag.content == Flag::Content::kSecret) return "(not shown)";
  if (flag.content != Flag::Content::kUrl) return text;
  const auto query = text.find('?');
  return query == text.npos ? text : text.substr(0, query) + "?…";
}

std::string SourceOf(const Flag& flag, const std::string& where) {
  if (where == flag.name) return "command line";
  const auto file_prefix = flag.name + ": ";
  return where.starts_with(file_prefix) ? where.substr(file_prefix.size())
                                        : where;
}

}  // namespace

std::vector<ShownSetting> ShowSettings(const Settings& in_force) {
  Options unused;  // the rows only provide names
  std::vector<ShownSetting> shown;
  for (const auto& flag : Flags(unused)) {
    const auto given = in_force.find(flag.name);
    if (given == in_force.end() || !flag.is_setting()) continue;
    std::string value;
    for (const auto& text : given->second.texts) {
      value += (value.empty() ? "" : " ") + Shown(flag, text);
    }
    shown.push_back(
        {flag.name, std::move(value), SourceOf(flag, given->second.where)});
  }
  return shown;
}

}  // namespace ipfs_peer_exporter
