// Which request of a poll comes next, and when.
#include <algorithm>

#include "exporter/poll/ipfs_poller.h"

namespace ipfs_peer_exporter {

using ipfs::Outcome;

// The collector whose values it reads; null: none, or it is off.
IpfsPoller::Job* IpfsPoller::InputOf(const Job& job) {
  for (auto& other : jobs_) {
    if (other.collector == job.collector->after) return &other;
  }
  return nullptr;
}

// Whether what it reads is yet to be learned, for the daemon is a new one.
bool IpfsPoller::IsEarly(const Job& job) {
  const auto* input = InputOf(job);
  return input != nullptr && (is_new_ || input->fresh);
}

// What a request comes to when the values that it cannot do without are
// missing; nothing when they are there. Where they fail, it fails: that says
// nothing of what the daemon has.
std::optional<Outcome> IpfsPoller::WithoutInput(const Job& job) {
  if (job.collector->has_input == nullptr) return std::nullopt;
  SetNow(job);
  if (job.collector->has_input(daemon_)) return std::nullopt;
  const auto* input = InputOf(job);
  if (input == nullptr || input->state->supported == false) {
    return Outcome{Outcome::State::kUnsupported, {}};
  }
  const auto& name = input->state->name;
  if (!input->error) {
    return ipfs::Failed(
        {Reason::kTimeout, "not asked: " + name + " has no answer"});
  }
  return ipfs::Failed({input->error->reason, "not asked: " + name + " fails: " +
                                                 input->error->message});
}

void IpfsPoller::SetNow(const Job& job) {
  daemon_.now = Clock::now();
  const auto* input = InputOf(job);
  const auto interval = input ? input->schedule.effective() : Duration{};
  daemon_.lasts = std::max(ipfs::DaemonState{}.lasts, 3 * interval);
}

// Goes on to the next request that the daemon is to be asked; false: none.
bool IpfsPoller::FindRequest(Job& job) {
  for (; job.request < job.requests.size(); ++job.request) {
    if (!IsWanted(job)) {
      job.state->parts[job.request] = {};
    } else if (IsMissing(job)) {
      Keep(job, {Outcome::State::kUnsupported, {}});
    } else if (const auto outcome = WithoutInput(job)) {
      job.no_input = true;
      Keep(job, *outcome);
    } else {
      return true;
    }
  }
  return false;
}

void IpfsPoller::AskNext(Job& job) {
  if (!FindRequest(job)) return FinishPoll(job);
  if (IsHealth(job)) return Ask(job);
  if (up_ != true) return PutOff(job);  // it went down since this poll began
  job.queued = true;
  job.queued_at = Clock::now();
  queue_.Enter(job.kind(), [this, &job] { OnTurn(job); });
}

void IpfsPoller::OnTurn(Job& job) {
  const auto now = Clock::now();
  job.queued = false;
  if (job.asked) {
    job.waited += now - job.queued_at;
  } else {
    job.started = now;
  }
  // The daemon may be another one now, with other commands.
  const bool early = IsEarly(job);
  if (!early && FindRequest(job)) return Ask(job);
  queue_.Leave(job.kind());
  return early ? PutOff(job) : FinishPoll(job);
}

}  // namespace ipfs_peer_exporter
