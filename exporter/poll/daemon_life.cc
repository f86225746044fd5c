#include "exporter/poll/daemon_life.h"

#include <algorithm>

namespace ipfs_peer_exporter {
namespace {

constexpr Duration kFirstRetry = std::chrono::milliseconds(500);
constexpr Duration kAnswerLasts = std::chrono::minutes(1);
constexpr int kTooManyRequests = 429;

}  // namespace

bool DaemonLife::VersionAnswered(bool restarted) {
  retry_ = {};
  if (!answers()) {
    state_ = State::kLearning;
    return true;
  }
  if (restarted) RestartSeen();
  return false;
}

bool DaemonLife::VersionFailed(Reason reason, int http_status,
                               Clock::time_point now) {
  if (http_status == kTooManyRequests && answers() &&
      now - answered_ <= kAnswerLasts) {
    return false;
  }
  if (reason != Reason::kConnect) {
    retry_ = {};
  } else if (retry_ == Duration::zero()) {
    retry_ = std::min(kFirstRetry, interval_);
  }
  if (state_ == State::kDown) return false;
  state_ = State::kDown;
  was_away_ = true;
  return true;
}

void DaemonLife::CommandsAsked(Clock::time_point began) {
  state_ = State::kUp;
  ++generation_;
  since_ = began;
}

void DaemonLife::RestartSeen() {
  if (state_ != State::kUp) return;
  state_ = State::kLearning;
  was_away_ = false;
}

void DaemonLife::Replaced() {
  state_ = State::kUnknown;
  was_away_ = true;
  answered_ = {};
  retry_ = {};
}

Duration DaemonLife::NextHealthWait() {
  if (state_ != State::kDown || retry_ == Duration::zero()) return interval_;
  const auto wait = retry_;
  retry_ = std::min(2 * retry_, interval_);
  return wait;
}

}  // namespace ipfs_peer_exporter
