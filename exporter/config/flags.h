#pragma once

#include <vector>

#include "exporter/config/flag.h"
#include "exporter/config/options.h"

namespace ipfs_peer_exporter {

// The table of all flags, in the order of --help. Their targets are members of
// `options`, which must outlive the table and not move. A row may read members
// that earlier rows have set.
std::vector<Flag> Flags(Options& options);

// Parts of the table.
std::vector<Flag> IpfsAddressFlags(IpfsOptions& ipfs);
std::vector<Flag> IpfsFlags(IpfsOptions& ipfs);
std::vector<Flag> CollectorFlags(IpfsOptions& ipfs);
std::vector<Flag> PeerAddressFlags(Options& options);
std::vector<Flag> PeerFlags(Options& options);

}  // namespace ipfs_peer_exporter
