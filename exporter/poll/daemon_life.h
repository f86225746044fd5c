#pragma once

#include <cstdint>

#include "adapters/result.h"
#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// What is known of the daemon, and what that means for its polls:
//
//     unknown --version failed--> down
//     unknown, down --version answered--> learning --commands asked--> up
//     learning, up --version failed--> down
//     up --another version, or a counter fell--> learning
//
// Every step to `up` begins a generation of the daemon: what an older one said
// has to be asked again. Told what happened and when; makes no calls and reads
// no clock. Not thread-safe.
class DaemonLife {
 public:
  enum class State {
    kUnknown,   // no call has ended yet
    kDown,      // the last version call failed
    kLearning,  // it answers; what commands it has is to be asked
    kUp,        // it answers, and was asked for its commands
  };

  // `interval` is the time between two polls of ipfs.health.
  explicit DaemonLife(Duration interval) : interval_(interval) {}

  State state() const { return state_; }
  bool answers() const {
    return state_ == State::kLearning || state_ == State::kUp;
  }

  // Events. VersionAnswered() and VersionFailed() tell whether the daemon came
  // up or went down with it.
  bool VersionAnswered(bool restarted);
  // `http_status` is 0 when there was no reply. HTTP 429 of a daemon that
  // answered another call during the last minute is no sign of an outage.
  bool VersionFailed(Reason reason, int http_status, Clock::time_point now);
  void OtherAnswered(Clock::time_point now) { answered_ = now; }
  // Whatever came of it. `began` is when that poll of ipfs.health began.
  void CommandsAsked(Clock::time_point began);
  void RestartSeen();  // a counter fell

  // The generation that a poll which begins now belongs to; 0: none yet.
  std::uint64_t generation() const { return generation_; }
  // Whether a collector is to be polled soon, or has been, since the daemon was
  // learned. `polled` is the generation of its last complete poll.
  bool IsDue(std::uint64_t polled) const {
    return state_ == State::kUp && polled != generation_;
  }
  bool IsPolled(std::uint64_t polled) const {
    return state_ == State::kUp && polled == generation_;
  }
  // Whether how slow the daemon was says nothing of this generation, because an
  // outage came before it. Without one, the address may be that of several
  // daemons, whose counters fall all the time: slow calls stay rare.
  bool forgets_schedules() const { return was_away_; }

  // When a collector that is due may poll, as far as the daemon is concerned:
  // once it has been up for `first_after`.
  Clock::time_point FirstPoll(Duration first_after) const {
    return since_ + first_after;
  }
  // When ipfs.health is to poll again after a counter fell: no more often than
  // it polls anyway.
  Clock::time_point Relearn() const { return since_ + interval_; }
  // The time from one poll of ipfs.health to the next: its interval, but 0.5 s
  // after a connection was refused, doubled with each further call.
  Duration NextHealthWait();

 private:
  const Duration interval_;
  State state_ = State::kUnknown;
  std::uint64_t generation_ = 0;
  bool was_away_ = false;
  Clock::time_point since_{};     // of the generation
  Clock::time_point answered_{};  // a call other than version
  Duration retry_{};              // 0: the last connection was not refused
};

}  // namespace ipfs_peer_exporter
