#pragma once

#include <string>
#include <vector>

#include "exporter/config/given.h"

namespace ipfs_peer_exporter {

// One setting as it may be shown to everyone.
struct ShownSetting {
  std::string flag;    // "--ipfs.timeout"
  std::string value;   // without secrets; several texts separated by spaces
  std::string source;  // "command line", the variable's name or "FILE:3:1"
};

// The settings that were given, in the order of --help. Without secrets: of a
// URL the query is left out, and a text that is sent to a peer is not shown.
std::vector<ShownSetting> ShowSettings(const Settings& in_force);

}  // namespace ipfs_peer_exporter
