#include "exporter/config/config_file.h"

#include <set>
#include <utility>

#include "exporter/config/yaml_file.h"

namespace ipfs_peer_exporter {
namespace {

// A scalar, or a list of scalars.
std::vector<std::string> Values(const YAML::Node& node) {
  const auto text = [](const YAML::Node& at) {
    if (!at.IsScalar()) {
      FailAt(at, "must be a string, a number, true, false or a list of these");
    }
    return at.Scalar();
  };
  if (!node.IsSequence()) return {text(node)};
  std::vector<std::string> values;
  for (const auto& element : node) values.push_back(text(element));
  return values;
}

}  // namespace

Result<std::vector<ConfigEntry>> ReadConfigFile(const std::string& path) {
  std::vector<ConfigEntry> entries;
  const auto status = ReadYamlFile(path, [&](const YAML::Node& root) {
    if (!root.IsMap()) FailAt(root, "must map flags to values");
    std::set<std::string> keys;
    for (const auto& pair : root) {
      if (!pair.first.IsScalar()) FailAt(pair.first, "a key must be a string");
      const auto& key = pair.first.Scalar();
      if (!keys.insert(key).second) FailAt(pair.first, key + " is given twice");
      entries.push_back({key, Values(pair.second), WhereIs(pair.first, path)});
    }
  });
  if (!status) return status.error();
  return entries;
}

}  // namespace ipfs_peer_exporter
