#pragma once

#include <string>
#include <vector>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// One key of the configuration file.
struct ConfigEntry {
  std::string key;  // the flag without its leading dashes: ipfs.api
  std::vector<std::string> values;  // more than one for a list
  std::string where;                // "FILE:3:1"
};

// Reads a YAML file that maps flags to strings, numbers, booleans or lists of
// these. The error names file, line and column.
Result<std::vector<ConfigEntry>> ReadConfigFile(const std::string& path);

}  // namespace ipfs_peer_exporter
