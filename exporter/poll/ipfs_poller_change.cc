// IpfsPoller: other options while it polls.

#include <algorithm>

#include "exporter/base/source_names.h"
#include "exporter/poll/ipfs_poller.h"

namespace ipfs_peer_exporter {

using Effect = PolledCollector::Effect;

void IpfsPoller::Change(const IpfsOptions& options) {
  const bool moved = !rpc_.IsFor(options);
  const auto effects = EffectsOf(options);
  std::vector<Job*> abandoned;
  for (auto& job : jobs_) {
    const auto effect = effects.find(&job);
    const bool goes_on =
        effect != effects.end() && effect->second != Effect::kRequests;
    if (!goes_on || moved) abandoned.push_back(&job);
  }
  Abandon(abandoned);
  rpc_.Change(options);
  if (moved) ForgetAddress();
  ChangeJobs(options, effects);
  LinkInputs();
  life_.SetInterval(health().schedule.effective());
  for (auto& job : jobs_) {
    const auto effect = effects.find(&job);
    Reschedule(job, effect == effects.end() ? Effect::kNone : effect->second);
  }
  if (moved) PollAt(health(), timers_.Now());
}

// The effect on each collector that stays on.
IpfsPoller::Effects IpfsPoller::EffectsOf(const IpfsOptions& options) const {
  Effects effects;
  for (const auto& job : jobs_) {
    const auto of = std::ranges::find(options.collectors, job.spec,
                                      &CollectorOptions::collector);
    if (of == options.collectors.end()) continue;
    effects.emplace(&job, job.EffectOf(*of, options));
  }
  return effects;
}

// Cancels the polls under way. A slot that becomes free may start a call of
// another job, so these jobs leave the queue first.
void IpfsPoller::Abandon(const std::vector<Job*>& jobs) {
  for (auto* const job : jobs) {
    StopTimer(*job);
    queue_.Drop(job);
    if (job->poll && job->poll->is_waiting()) job->poll.reset();
  }
  for (auto* const job : jobs) {
    if (!job->poll) continue;
    rpc_.Cancel(job->call);
    job->poll.reset();
    if (!job->is_health()) queue_.Leave(job->kind());
  }
}

// The calls go to another daemon. The number of restarts is kept, because it is
// a counter.
void IpfsPoller::ForgetAddress() {
  daemon_ = {};
  life_.Replaced();
  restarts_.ObserveReplacement();
  store_.Forget(health().state->source);
  health_parts_.Update(false, restarts_.count(), timers_.Now());
  for (auto& job : jobs_) job.ForgetPoll();
}

void IpfsPoller::ChangeJobs(const IpfsOptions& options,
                            const Effects& effects) {
  jobs_.remove_if([&](const Job& job) {
    const bool off = !effects.contains(&job);
    if (!off) return false;
    // A poll that ended in Abandon may have set the timer again.
    timers_.Cancel(job.timer);
    store_.Remove(*job.state);
    return true;
  });
  const auto kept = jobs_.size();
  for (const auto& of : options.collectors) {
    const auto job =
        std::ranges::find(jobs_, of.collector, &PolledCollector::spec);
    if (job == jobs_.end()) {
      jobs_.emplace_back(of, options, store_);
    } else {
      job->Change(of, options);
    }
  }
  if (jobs_.size() == kept) return;
  const auto place = [&](const Job& job) {
    return std::ranges::find(options.collectors, job.spec,
                             &CollectorOptions::collector);
  };
  jobs_.sort([&](const Job& left, const Job& right) {
    return place(left) < place(right);
  });
}

// A poll under way schedules the next one at its end.
void IpfsPoller::Reschedule(Job& job, Effect effect) {
  if (job.poll) return;
  if (job.is_health()) {
    if (effect != Effect::kNone) ScheduleHealth();
    return;
  }
  if (life_.IsPolled(job.polled)) {
    if (effect == Effect::kRequests) return PollSoon(job);
    const bool is_scheduled = job.timer != 0;
    if (effect == Effect::kNone || !is_scheduled) return;
    return PollAt(
        job, std::max(job.started + job.schedule.effective(), timers_.Now()));
  }
  PollIfDue(job);
}

}  // namespace ipfs_peer_exporter
