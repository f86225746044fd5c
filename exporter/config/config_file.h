#pragma once

#include <string>
#include <vector>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// One key of a configuration file and where it stands.
struct ConfigEntry {
  std::string key;  // as the flag is written, without its dashes: ipfs.api
  std::vector<std::string> values;  // more than one for a list
  std::string where;                // "FILE:3:1"
};

// Reads a YAML file whose top level maps flags to texts, numbers, booleans or
// lists of them. The error tells file, line and column.
Result<std::vector<ConfigEntry>> ReadConfigFile(const std::string& path);

}  // namespace ipfs_peer_exporter
