#pragma once

#include <string>

#include "adapters/ipfs/collector.h"

namespace ipfs_peer_exporter::ipfs {

// A request whose answer is one list, {"Keys":[{…},{…}]}, that grows with the
// node: read element by element, and what is wanted of it is its length.
// `member` is the name of the list; `family` gets the length and has to outlive
// the request.
Request CountList(std::string target, std::string member, const Family& family);

}  // namespace ipfs_peer_exporter::ipfs
