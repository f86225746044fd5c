#pragma once

#include <chrono>
#include <ctime>

namespace ipfs_peer_exporter {

// What this thread has used of a processor. Unlike the time that passes, a busy
// machine leaves it about as it is.
inline std::chrono::nanoseconds CpuTime() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) +
         std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace ipfs_peer_exporter
