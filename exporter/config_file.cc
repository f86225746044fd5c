#include "exporter/config_file.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <utility>

namespace ipfs_peer_exporter {
namespace {

std::string Where(const std::string& path, const YAML::Mark& mark) {
  if (mark.is_null()) return path;
  return path + ":" + std::to_string(mark.line + 1) + ":" +
         std::to_string(mark.column + 1);
}

Error Bad(const std::string& where, const std::string& what) {
  return {Reason::kParse, where + ": " + what};
}

// A scalar, or a list of scalars.
Result<std::vector<std::string>> Values(const std::string& path,
                                        const YAML::Node& node) {
  if (node.IsScalar()) return std::vector{node.Scalar()};
  const auto bad = [&](const YAML::Node& at) {
    return Bad(Where(path, at.Mark()),
               "has to be a text, a number, true, false or a list of them");
  };
  if (!node.IsSequence()) return bad(node);
  std::vector<std::string> values;
  for (const auto& element : node) {
    if (!element.IsScalar()) return bad(element);
    values.push_back(element.Scalar());
  }
  return values;
}

}  // namespace

Result<std::vector<ConfigEntry>> ReadConfigFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Bad(path, std::strerror(errno));
  std::vector<ConfigEntry> entries;
  try {
    const auto root = YAML::Load(file);
    if (root.IsNull()) return entries;  // an empty file
    if (!root.IsMap()) {
      return Bad(Where(path, root.Mark()), "has to map flags to values");
    }
    std::set<std::string> keys;
    for (const auto& pair : root) {
      const auto where = Where(path, pair.first.Mark());
      if (!pair.first.IsScalar()) return Bad(where, "a key has to be a text");
      const auto& key = pair.first.Scalar();
      if (!keys.insert(key).second) return Bad(where, key + " stands twice");
      auto values = Values(path, pair.second);
      if (!values) return values.error();
      entries.push_back({key, std::move(*values), where});
    }
  } catch (const YAML::Exception& error) {
    return Bad(Where(path, error.mark), error.msg);
  }
  return entries;
}

}  // namespace ipfs_peer_exporter
