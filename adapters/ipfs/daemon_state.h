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

// Who the node is connected to, as hashes of peer IDs, sorted.
struct ConnectedPeers {
  std::vector<std::size_t> hashes;
  std::chrono::steady_clock::time_point at;

  static std::size_t Hash(std::string_view peer_id);
  bool Contains(std::string_view peer_id) const;
};

// What the collectors of one daemon tell each other. Owned by whoever polls.
struct DaemonState {
  std::string version = {};                           // `version` Version
  std::string agent = {};                             // `id` AgentVersion
  std::set<std::string, std::less<>> protocols = {};  // `id` Protocols
  // Every call that the daemon has, such as "swarm/peers" (`commands`); empty:
  // it did not say.
  std::set<std::string, std::less<>> commands = {};
  std::optional<ConnectedPeers> connected = {};  // `swarm/peers`
  AgentNames agents = {};                        // `swarm/peers?identify=true`
  // When the reply was complete.
  std::chrono::steady_clock::time_point now = {};

  // How long what a collector left here is current: three of its intervals, as
  // long as its own values are shown, but at least this.
  std::chrono::steady_clock::duration lasts = std::chrono::minutes(10);

  // `connected`, unless it is older than that: null.
  const ConnectedPeers* ConnectedNow() const;
};

}  // namespace ipfs_peer_exporter::ipfs
