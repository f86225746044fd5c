#pragma once

#include <algorithm>
#include <random>

#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// How often one collector polls: at its interval, stretched so that its calls
// take at most the share `budget` of the time. A call that times out counts
// with its full timeout, doubled for each further timeout in a row, so that a
// daemon that cannot answer is polled ever less often. After one fast answer
// the configured interval applies again.
class Schedule {
 public:
  static constexpr Duration kMaxStretched = std::chrono::hours(1);

  // `budget` is 0 to 1; 0 leaves the interval unchanged.
  Schedule(Duration interval, double budget)
      : interval_(interval), budget_(budget), effective_(interval) {}

  Duration effective() const { return effective_; }

  // The shortest time between two polls that the budget allows.
  Duration affordable() const { return affordable_; }

  // Sets another interval and budget. Call times are kept.
  void Set(Duration interval, double budget) {
    interval_ = interval;
    budget_ = budget;
    if (budget_ <= 0) affordable_ = {};
    effective_ = std::max(interval_, affordable_);
  }

  // Forgets earlier call times, after a restart of the daemon.
  void Forget() {
    timeouts_ = 0;
    affordable_ = {};
    effective_ = interval_;
  }

  // Records a complete poll.
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
  Duration interval_;
  double budget_;
  Duration affordable_{};
  Duration effective_;
  int timeouts_ = 0;
};

// Returns 50 to 100 % of `wait`. All first polls are made at once; these waits
// spread the second ones.
inline Duration Spread(Duration wait, std::minstd_rand& random) {
  return std::chrono::duration_cast<Duration>(
      wait * std::uniform_real_distribution<>(0.5, 1)(random));
}

}  // namespace ipfs_peer_exporter
