#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/options.h"

// Files for peers that are asked over HTTP, as flags name them: FILE for all of
// them, NAME=FILE for one.
namespace ipfs_peer_exporter {

// NAME=VALUE where NAME is [a-zA-Z][a-zA-Z0-9_-]*; else all of it is the value.
struct NamedValue {
  std::string name;  // may be empty
  std::string value;
};
NamedValue SplitName(const std::string& text);

// Sets `field` of each peer that a file is for; one that names the peer wins.
Status AssignFiles(const std::vector<std::string>& files,
                   std::vector<PeerOptions>& peers,
                   const std::function<std::string&(PeerOptions&)>& field);

}  // namespace ipfs_peer_exporter
