#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Reads a YAML file and hands over its root; not that of an empty file. `read`
// tells what is wrong by FailAt. The error names file, line and column.
Status ReadYamlFile(const std::string& path,
                    const std::function<void(const YAML::Node& root)>& read);

[[noreturn]] void FailAt(const YAML::Node& node, const std::string& what);

// "FILE:3:1"
std::string WhereIs(const YAML::Node& node, const std::string& path);

}  // namespace ipfs_peer_exporter
