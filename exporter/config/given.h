#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ipfs_peer_exporter {

using Texts = std::vector<std::string>;

// Values that one source gives a flag.
struct Given {
  Texts texts;
  // For errors: "--ipfs.timeout", "IPFS_PEER_EXPORTER_IPFS_TIMEOUT",
  // "--ipfs.timeout: FILE:3:1".
  std::string where;
};
using Settings = std::map<std::string, Given, std::less<>>;  // by flag

}  // namespace ipfs_peer_exporter
