#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// The program name and major.minor of an agent version: "kubo/0.42" for
// "kubo/0.42.0/abc123/docker". Returns "unknown" for an empty one and "other"
// for an unusable name: remote peers choose this text.
std::string AgentName(std::string_view agent_version);

// Chooses which agents get a series of their own, so that remote peers cannot
// create series at will.
class AgentNames {
 public:
  using Clock = std::chrono::steady_clock;
  using Peers = std::map<std::string, double, std::less<>>;  // by agent

  // Returns the counts to serve for `peers`: one for each shown agent (maybe
  // 0), the rest as "other". An agent is shown once it is among the `top` most
  // frequent ones in two polls in a row (in the first poll at once). It is no
  // longer shown after an hour without peers, or when more than 2 * `top`
  // agents are shown and it has the fewest peers.
  Peers Show(const Peers& peers, std::size_t top, Clock::time_point now);

 private:
  void DropFewest(const Peers& peers);

  std::map<std::string, Clock::time_point, std::less<>> shown_;  // last seen
  std::optional<std::set<std::string>> frequent_;  // of the last poll
};

}  // namespace ipfs_peer_exporter::ipfs
