#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ipfs_peer_exporter::ipfs {

// What an agent version says of the program: its family and major.minor,
// "kubo/0.42" of "kubo/0.42.0/abc123/docker". Strangers choose these texts:
// "unknown" for an empty one, "other" for what is no name.
std::string AgentName(std::string_view agent_version);

// Which agents are told apart, so that strangers cannot make series at will.
class AgentNames {
 public:
  using Clock = std::chrono::steady_clock;
  using Peers = std::map<std::string, double, std::less<>>;  // by agent

  // The counts to show for `peers`: of the agents that are told apart, 0
  // included, and "other". An agent is told apart as soon as it is among the
  // `top` most frequent ones twice in a row (at once the first time), until it
  // has had no peer for an hour, or twice as many are told apart and it is the
  // one with the fewest peers.
  Peers Show(const Peers& peers, std::size_t top, Clock::time_point now);

 private:
  void DropFewest(const Peers& peers);

  std::map<std::string, Clock::time_point, std::less<>> shown_;  // last seen
  std::optional<std::set<std::string>> frequent_;  // of the last poll
};

}  // namespace ipfs_peer_exporter::ipfs
