#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "adapters/result.h"
#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// When to retry connecting to a Unix socket whose listener's queue is full.
// Such an attempt fails at once with EAGAIN (connect(2)), and no event reports
// that the queue has room, so it is repeated after growing delays until the
// deadline.
class ConnectRetry {
 public:
  static constexpr Duration kFirstDelay = std::chrono::milliseconds(5);
  static constexpr Duration kLongestDelay = std::chrono::milliseconds(100);

  explicit ConnectRetry(Clock::time_point deadline) : deadline_(deadline) {}

  Clock::time_point deadline() const { return deadline_; }
  bool IsOver(Clock::time_point now) const { return now >= deadline_; }

  // Time of the next attempt, after one that ended at `now`.
  Clock::time_point Next(Clock::time_point now) {
    const auto delay = delay_;
    delay_ = std::min(2 * delay_, kLongestDelay);
    return std::min(now + delay, deadline_);
  }

 private:
  Clock::time_point deadline_;
  Duration delay_ = kFirstDelay;
};

// The error when the deadline has passed.
inline Error QueueIsFull(const std::string& path) {
  return {Reason::kTimeout, path + ": the listener's queue is full"};
}

}  // namespace ipfs_peer_exporter
