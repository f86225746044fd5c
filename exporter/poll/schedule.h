#pragma once

#include <algorithm>
#include <random>

#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// How often one collector polls: at its interval, stretched so that its calls
// take at most the share `budget` of the time. A call that times out counts
// with its full timeout, doubled for each further timeout in a row, so that a
// neighbour that cannot answer is asked ever less often. After one fast answer
// the interval is the configured one again.
class Schedule {
 public:
  static constexpr Duration kMaxStretched = std::chrono::hours(1);

  // A budget of 0 leaves the interval as it is.
  Schedule(Duration interval, double budget)
      : interval_(interval), budget_(budget), effective_(interval) {}

  Duration effective() const { return effective_; }

  // The shortest time from the last poll to another that the budget allows.
  Duration affordable() const { return affordable_; }

  // The neighbour was restarted: how slow it was before does not matter.
  void Forget() {
    timeouts_ = 0;
    affordable_ = {};
    effective_ = interval_;
  }

  void Finished(Duration took, bool timed_out) {
    timeouts_ = timed_out ? std::min(timeouts_ + 1, 20) : 0;
    if (budget_ <= 0) return;
    const double weight = timeouts_ > 1 ? 1 << (timeouts_ - 1) : 1;
    const std::chrono::duration<double> wanted =
        std::chrono::duration<double>(took) * weight / budget_;
    const auto longest = std::max(kMaxStretched, interval_);
    affordable_ = wanted < longest
                      ? std::chrono::duration_cast<Duration>(wanted)
                      : longest;
    effective_ = std::max(interval_, affordable_);
  }

 private:
  const Duration interval_;
  const double budget_;
  Duration affordable_{};
  Duration effective_;
  int timeouts_ = 0;
};

// First polls are all made at once: the waits after them spread the second.
inline Duration Spread(Duration wait, std::minstd_rand& random) {
  return std::chrono::duration_cast<Duration>(
      wait * std::uniform_real_distribution<>(0.5, 1)(random));
}

}  // namespace ipfs_peer_exporter
