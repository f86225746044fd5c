#pragma once

#include <functional>
#include <map>
#include <utility>

#include "exporter/net/event_loop.h"

namespace ipfs_peer_exporter {

// A clock that only the test advances.
class FakeTimers final : public Timers {
 public:
  Clock::time_point Now() const override { return now_; }

  TimerId At(Clock::time_point when, std::function<void()> callback) override {
    timers_[{when, ++last_id_}] = std::move(callback);
    return last_id_;
  }

  void Cancel(TimerId timer) override {
    std::erase_if(timers_,
                  [&](const auto& one) { return one.first.second == timer; });
  }

  // Advances the clock and runs each due callback at its own time.
  void Pass(Duration time) {
    const auto end = now_ + time;
    while (!timers_.empty() && timers_.begin()->first.first <= end) {
      const auto node = timers_.extract(timers_.begin());
      now_ = std::max(now_, node.key().first);
      node.mapped()();
    }
    now_ = end;
  }

  std::size_t waiting() const { return timers_.size(); }

 private:
  Clock::time_point now_ = Clock::now();
  TimerId last_id_ = 0;
  std::map<std::pair<Clock::time_point, TimerId>, std::function<void()>>
      timers_;
};

}  // namespace ipfs_peer_exporter
