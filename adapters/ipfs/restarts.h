#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "adapters/families.h"

namespace ipfs_peer_exporter::ipfs {

// Detects restarts of the daemon by a changed version or a decreased counter. A
// restart with both signs counts once.
class RestartDetector {
 public:
  // Both return whether this is the first sign of a restart. After an outage
  // they return false: the outage was the first sign.
  bool ObserveVersion(const std::string& version);
  bool ObserveCounters(const Families& families);

  // Records that the daemon does not answer; it may be a new process when it
  // answers again.
  void ObserveOutage();

  // Forgets the daemon, but not the number of restarts: from now on another one
  // is observed, whose version and counters say nothing about this one.
  void ObserveReplacement();

  // The number of restarts so far.
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
