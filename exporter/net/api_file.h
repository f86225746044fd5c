#pragma once

#include <string>

#include "exporter/net/address.h"

namespace ipfs_peer_exporter {

// Address of the local node's RPC API, used without --ipfs.api.
struct LocalRpc {
  HttpAddress address;
  std::string problem;  // why the `api` file is not used; else empty
};

// Reads the `api` file of the node's repository ($IPFS_PATH or ~/.ipfs), which
// the daemon writes when it serves. Without that file the address is
// 127.0.0.1:5001.
LocalRpc FindLocalRpc();

}  // namespace ipfs_peer_exporter
