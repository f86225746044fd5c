#pragma once

#include <cstdint>

#include "adapters/result.h"
#include "exporter/base/units.h"

namespace ipfs_peer_exporter {

// The state of the daemon, which decides when collectors are polled:
//
//     unknown --version failed--> down
//     unknown, down --version answered--> learning --commands asked--> up
//     learning, up --version failed--> down
//     up --another version, or a counter fell--> learning
//
// Every step to `up` begins a new generation of the daemon: values of an older
// one have to be polled again. The caller reports events and their times; the
// class makes no calls and reads no clock. Not thread-safe.
class DaemonLife {
 public:
  enum class State {
    kUnknown,   // no call has ended yet
    kDown,      // the last version call failed
    kLearning,  // it answers; its commands are not known yet
    kUp,        // it answers; its commands were asked for
  };

  // `interval` is the time between two polls of ipfs.health.
  explicit DaemonLife(Duration interval) : interval_(interval) {}

  void SetInterval(Duration interval) { interval_ = interval; }

  State state() const { return state_; }
  bool answers() const {
    return state_ == State::kLearning || state_ == State::kUp;
  }

  // Events. VersionAnswered() returns whether the daemon came up,
  // VersionFailed() whether it went down.
  bool VersionAnswered(bool restarted);
  // `http_status` is 0 if there was no reply. HTTP 429 does not count as an
  // outage if the daemon answered another call within the last minute.
  bool VersionFailed(Reason reason, int http_status, Clock::time_point now);
  void OtherAnswered(Clock::time_point now) { answered_ = now; }
  // The call for the commands ended, successfully or not. `began` is the start
  // of that poll of ipfs.health.
  void CommandsAsked(Clock::time_point began);
  void RestartSeen();  // a counter fell
  // The calls go to another address from now on: nothing is known of the
  // daemon there.
  void Replaced();

  // The generation of a poll that begins now; 0: none yet.
  std::uint64_t generation() const { return generation_; }
  // Whether a collector has yet to be polled in this generation (IsDue), or has
  // been (IsPolled). `polled` is the generation of its last complete poll.
  bool IsDue(std::uint64_t polled) const {
    return state_ == State::kUp && polled != generation_;
  }
  bool IsPolled(std::uint64_t polled) const {
    return state_ == State::kUp && polled == generation_;
  }
  // Whether earlier call times do not apply to this generation, because an
  // outage came before it. Without an outage, several daemons may share the
  // address, whose counters fall all the time; then slow calls stay rare.
  bool forgets_schedules() const { return was_away_; }

  // The earliest time of a collector's first poll: when the daemon has been up
  // for `first_after`.
  Clock::time_point FirstPoll(Duration first_after) const {
    return since_ + first_after;
  }
  // When ipfs.health polls again after a counter fell: no earlier than one
  // interval after the generation began.
  Clock::time_point Relearn() const { return since_ + interval_; }
  // The time from one poll of ipfs.health to the next: its interval or, after a
  // refused connection, 0.5 s, doubled after each further one up to the
  // interval.
  Duration NextHealthWait();

 private:
  Duration interval_;
  State state_ = State::kUnknown;
  std::uint64_t generation_ = 0;
  bool was_away_ = false;
  Clock::time_point since_{};     // start of the generation
  Clock::time_point answered_{};  // last answer to a call other than version
  Duration retry_{};              // 0: the last connection was not refused
};

}  // namespace ipfs_peer_exporter
