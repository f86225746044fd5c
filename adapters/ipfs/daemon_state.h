#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/ipfs/agents.h"

namespace ipfs_peer_exporter::ipfs {

// The peers to which the node is connected.
struct ConnectedPeers {
  std::vector<std::size_t> hashes;           // of peer IDs, sorted
  std::chrono::steady_clock::time_point at;  // when the reply was complete

  static std::size_t Hash(std::string_view peer_id);
  bool Contains(std::string_view peer_id) const;
};

// State shared by the collectors of one daemon. The poller owns it and uses it
// on the main thread.
struct DaemonState {
  std::string version = {};                           // `version` Version
  std::string agent = {};                             // `id` AgentVersion
  std::set<std::string, std::less<>> protocols = {};  // `id` Protocols
  // The RPC commands of the daemon, such as "swarm/peers" (`commands`); empty
  // if unknown.
  std::set<std::string, std::less<>> commands = {};
  std::optional<ConnectedPeers> connected = {};  // `swarm/peers`
  AgentNames agents = {};                        // `swarm/peers?identify=true`
  // When the current reply was complete.
  std::chrono::steady_clock::time_point now = {};

  // Maximum age of `connected`. The poller sets it to three intervals of the
  // collector that fills it, as for its series, but not below this default.
  std::chrono::steady_clock::duration lasts = std::chrono::minutes(10);

  // `connected`; null if it is absent or older than `lasts`.
  const ConnectedPeers* ConnectedNow() const;
};

}  // namespace ipfs_peer_exporter::ipfs
