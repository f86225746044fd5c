#pragma once

#include <string>
#include <vector>

#include "exporter/config/yaml_file.h"

namespace ipfs_peer_exporter {

// Reads the values and files of a web configuration. Functions report errors
// with FailAt, without repeating values, which may be secrets.
class WebFiles {
 public:
  // `path` is the configuration; relative paths in it start at its folder.
  // `read` receives the paths of all files.
  WebFiles(const std::string& path, std::vector<std::string>& read);

  // The value of that key, or the content of the file that the key with "_file"
  // names; empty if there is neither. Fails if there are both.
  std::string TextOrFile(const YAML::Node& map, const std::string& key);

 private:
  const std::string path_;
  std::vector<std::string>& read_;
};

// The value of that key; empty if the key is missing or has no value.
std::string OptionalText(const YAML::Node& map, const std::string& key);

// The boolean of that key; `if_missing` if the key is missing or has no value.
bool OptionalSwitch(const YAML::Node& map, const std::string& key,
                    bool if_missing);

// As RequireKeys, but repeats a key in the error only if it looks like one: a
// value in place of a key may be a secret.
void RequireWebKeys(const YAML::Node& map,
                    const std::vector<std::string_view>& known);

}  // namespace ipfs_peer_exporter
