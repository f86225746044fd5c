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
  // Both tell whether this was the first sign of a restart.
  bool ObserveVersion(const std::string& version);
  bool ObserveCounters(const Families& families);

  std::uint64_t count() const { return count_; }

 private:
  void Restarted();

  std::uint64_t count_ = 0;
  std::string version_;
  std::map<std::string, double> counters_;  // those without labels
};

}  // namespace ipfs_peer_exporter::ipfs
