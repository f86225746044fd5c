#pragma once

#include <string>

#include "adapters/ipfs/collector.h"

namespace ipfs_peer_exporter::ipfs {

// A request whose reply is one list that grows with the node, such as
// {"Keys":[{…},{…}]}. Only the length is kept. `member` is the name of the
// list; `family` gets the length and has to outlive the request.
Request CountList(std::string target, std::string member, const Family& family);

}  // namespace ipfs_peer_exporter::ipfs
