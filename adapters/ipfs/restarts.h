#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "adapters/families.h"

namespace ipfs_peer_exporter::ipfs {

// Detects restarts of the daemon: its version changed, or a counter fell. A
// restart is counted once, even if it shows in both.
class RestartDetector {
 public:
  // Both return whether this is the first sign of a restart. After an outage
  // they return false: the outage was the first sign.
  bool ObserveVersion(const std::string& version);
  bool ObserveCounters(const Families& families);

  // The daemon does not answer and may be a new process when it answers again.
  void ObserveOutage();

  std::uint64_t count() const { return count_; }

 private:
  void Restarted();

  std::uint64_t count_ = 0;
  std::string version_;
  using Counters = std::map<std::string, double>;  // without labels, by name
  Counters counters_;
  Counters before_outage_;
};

}  // namespace ipfs_peer_exporter::ipfs
