#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// Reads a YAML file and calls `read` with its root, unless the file is empty.
// `read` reports errors with FailAt, as the functions below do. The error names
// file, line and column.
Status ReadYamlFile(const std::string& path,
                    const std::function<void(const YAML::Node& root)>& read);

// Throws an error at the position of `node`; ReadYamlFile returns it.
[[noreturn]] void FailAt(const YAML::Node& node, const std::string& what);

// "FILE:3:1"
std::string WhereIs(const YAML::Node& node, const std::string& path);

// Content of a node; each function fails if the node holds something else.
std::string TextAt(const YAML::Node& node);                // UTF-8
std::vector<std::string> TextsAt(const YAML::Node& node);  // a text or a list
double NumberAt(const YAML::Node& node);                   // finite

// Fails unless `node` is a map with keys of `known` only, each at most once.
void RequireKeys(const YAML::Node& node,
                 const std::vector<std::string_view>& known);

// The value of that key; fails if it is missing.
YAML::Node Required(const YAML::Node& map, const std::string& key);

}  // namespace ipfs_peer_exporter
