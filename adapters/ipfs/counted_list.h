#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/ipfs/request.h"

namespace ipfs_peer_exporter::ipfs {

// A request whose answer is one list, {"Keys":[{…},{…}]}, that grows with the
// node: read element by element, and what is wanted of it is its length.
// `member` is the name of the list; `family` gets the length and has to outlive
// the request; `unsupported` is the request's.
Request CountList(std::string target, std::string member, const Family& family,
                  std::vector<std::string_view> unsupported = {});

}  // namespace ipfs_peer_exporter::ipfs
