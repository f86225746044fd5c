#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "adapters/families.h"

namespace ipfs_peer_exporter::ipfs {

// Notices that the daemon was restarted: its version changed, or one of its
// counters fell. One restart counts once, whichever signs of it are seen.
class RestartDetector {
 public:
  // Both tell whether this was the first sign of a restart: not of one during
  // an outage, which was a sign itself.
  bool ObserveVersion(const std::string& version);
  bool ObserveCounters(const Families& families);

  // The daemon does not answer. It may be another process when it does.
  void ObserveOutage();

  std::uint64_t count() const { return count_; }

 private:
  void Restarted();

  std::uint64_t count_ = 0;
  std::string version_;
  using Counters = std::map<std::string, double>;  // those without labels
  Counters counters_;
  Counters before_outage_;
};

}  // namespace ipfs_peer_exporter::ipfs
