#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/ipfs/request.h"

namespace ipfs_peer_exporter::ipfs {

// A request whose reply is one list that grows with the node, such as
// {"Keys":[{…},{…}]}. Only the length is kept. `member` is the name of the
// list; `family` receives the length and must outlive the request;
// `unsupported` is Request::unsupported.
Request CountList(std::string target, std::string member, const Family& family,
                  std::vector<std::string_view> unsupported = {});

}  // namespace ipfs_peer_exporter::ipfs
