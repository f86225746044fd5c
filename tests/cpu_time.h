#pragma once

#include <chrono>
#include <ctime>

namespace ipfs_peer_exporter {

// The CPU time used by this thread. Unlike wall-clock time, it hardly depends
// on the load of the machine.
inline std::chrono::nanoseconds CpuTime() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) +
         std::chrono::nanoseconds(used.tv_nsec);
}

}  // namespace ipfs_peer_exporter
