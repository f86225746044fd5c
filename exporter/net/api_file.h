#pragma once

#include <string>

#include "exporter/net/address.h"

namespace ipfs_peer_exporter {

// Where the RPC API of the local node is when nobody says so.
struct LocalRpc {
  HttpAddress address;
  std::string problem;  // why it is the default though there is an `api` file
};

// Reads the `api` file of the node's repository ($IPFS_PATH or ~/.ipfs), which
// the daemon writes when it serves. Without one it is 127.0.0.1:5001.
LocalRpc FindLocalRpc();

}  // namespace ipfs_peer_exporter
