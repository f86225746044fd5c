#include "exporter/poll/ipfs_poller.h"

#include <algorithm>
#include <utility>

#include "exporter/base/log.h"
#include "exporter/base/source_names.h"

namespace ipfs_peer_exporter {

using ipfs::Outcome;

IpfsPoller::IpfsPoller(const IpfsOptions& options, Timers& timers,
                       HttpFetcher& http, Store& store, Publisher& publisher)
    : first_at_once_(options.first_at_once),
      timers_(timers),
      publisher_(publisher),
      store_(store),
      rpc_(options, http),
      jobs_(MakeJobs(options, store)),
      life_(health().schedule.effective()),
      health_parts_(*health().state) {
  health_parts_.Update(false, 0, timers_.Now());
  LinkInputs();
}

IpfsPoller::~IpfsPoller() {
  store_.Forget(health().state->source);
  for (const auto& job : jobs_) {
    timers_.Cancel(job.timer);
    rpc_.Cancel(job.call);
    store_.Remove(*job.state);
  }
}

std::list<IpfsPoller::Job> IpfsPoller::MakeJobs(const IpfsOptions& options,
                                                Store& store) {
  std::list<Job> jobs;
  for (const auto& of : options.collectors) {
    jobs.emplace_back(of, options, store);
  }
  return jobs;
}

// Finds the input of each collector. One that has another input than before is
// polled again, and so is one that reads the values of such a collector.
void IpfsPoller::LinkInputs() {
  for (auto& job : jobs_) {
    const auto found =
        std::ranges::find(jobs_, job.spec->after, &PolledCollector::spec);
    const auto* const input = found == jobs_.end() ? nullptr : &*found;
    const bool changed = input != std::exchange(job.input, input);
    if (changed) job.polled = 0;
    const bool tells = changed || !std::exchange(job.linked, true);
    if (!tells || job.spec->has_input == nullptr || input != nullptr) continue;
    Log(LogLevel::kWarn, "collector needs another that is off",
        {{"collector", job.state->name},
         {"needs", CollectorName(kIpfsSource, job.spec->after->name)}});
  }
  const auto is_stale = [](const Job& job) {
    return job.polled != 0 && job.input != nullptr && job.input->polled == 0;
  };
  for (;;) {
    const auto stale = std::ranges::find_if(jobs_, is_stale);
    if (stale == jobs_.end()) return;
    stale->polled = 0;
  }
}

void IpfsPoller::Start() { PollAt(health(), timers_.Now()); }

std::optional<bool> IpfsPoller::up() const {
  if (life_.state() == DaemonLife::State::kUnknown) return std::nullopt;
  return life_.answers();
}

void IpfsPoller::StopTimer(Job& job) {
  timers_.Cancel(std::exchange(job.timer, 0));
}

void IpfsPoller::PollAt(Job& job, Clock::time_point when) {
  timers_.Cancel(job.timer);
  job.timer = timers_.At(when, [this, &job] { Poll(job); });
}

// Polls at once, or as soon as the budget and the collector's first_after
// allow.
void IpfsPoller::PollSoon(Job& job) {
  const auto wait = first_at_once_ ? Duration{} : job.first_after;
  PollAt(job, std::max({timers_.Now(), job.started + job.schedule.affordable(),
                        life_.FirstPoll(wait)}));
}

// Makes the first poll of this generation, if it is due.
void IpfsPoller::PollIfDue(Job& job) {
  if (life_.IsDue(job.polled) && !job.poll && !IsEarly(job)) PollSoon(job);
}

// Whether the values that the collector reads are of an older generation of the
// daemon. The collector is polled when new ones are there.
bool IpfsPoller::IsEarly(const Job& job) const {
  return job.input != nullptr && !life_.IsPolled(job.input->polled);
}

void IpfsPoller::Poll(Job& job) {
  job.timer = 0;
  if (IsEarly(job)) return;
  if (job.is_health() && !life_.answers()) rpc_.FindDaemon();
  job.poll.emplace(job, life_, daemon_, timers_.Now());
  AskNext(job);
}

void IpfsPoller::AskNext(Job& job) {
  const auto now = timers_.Now();
  if (!job.poll->FindRequest(now)) return FinishPoll(job);
  if (job.is_health()) return Ask(job);
  // The daemon went down after this poll began; the poll is repeated later.
  if (!life_.answers()) return job.poll.reset();
  job.poll->BeginWaiting(now);
  queue_.Enter(job.kind(), &job, [this, &job] { OnTurn(job); });
}

void IpfsPoller::OnTurn(Job& job) {
  const auto now = timers_.Now();
  job.poll->EndWaiting(now);
  // The daemon may have been replaced, and have other commands.
  const bool early = IsEarly(job);
  if (!early && job.poll->FindRequest(now)) return Ask(job);
  queue_.Leave(job.kind());
  return early ? job.poll.reset() : FinishPoll(job);
}

void IpfsPoller::Ask(Job& job) {
  auto& reader = job.poll->BeginReading();
  const auto call = rpc_.Start(
      job.poll->request(), job.spec->timeout, reader,
      [this, &job](const HttpResult& reply) { OnReply(job, reply); });
  if (call) {
    job.call = *call;
  } else {
    OnReply(job, {.status = 0, .stream_error = "", .error = call.error()});
  }
}

void IpfsPoller::OnReply(Job& job, const HttpResult& reply) {
  if (!job.is_health()) queue_.Leave(job.kind());
  // The daemon was restarted meanwhile, and the values needed to read the reply
  // were dropped: the poll is repeated.
  if (IsEarly(job)) return job.poll.reset();
  auto& poll = *job.poll;
  const auto now = timers_.Now();
  const bool is_version = poll.is_version();
  const bool is_commands = job.is_health() && poll.request().at_start;
  const auto outcome = poll.Read(reply, now);
  if (outcome.state == Outcome::State::kOk) {
    OnCounters(poll.families());
    if (!is_version) life_.OtherAnswered(now);
  }
  poll.Keep(outcome, now);
  if (is_version) OnVersion(outcome, reply.status);
  if (is_commands) OnCommands();
  AskNext(job);
}

void IpfsPoller::FinishPoll(Job& job) {
  const auto poll = std::move(*job.poll);
  job.poll.reset();
  const auto now = timers_.Now();
  const auto result = poll.Result(now);
  job.error = result.error;
  job.schedule.Finished(result.took, poll.timed_out());
  job.state->interval = job.schedule.effective();
  publisher_.Record(*job.state, result);
  // "daemon down" covers failures during an outage.
  if (life_.answers()) job.LogChange(result.error);
  health_parts_.Update(life_.answers(), restarts_.count(), now);
  publisher_.Publish(*job.state, result);
  return job.is_health() ? ScheduleHealth() : ScheduleNext(job, poll);
}

void IpfsPoller::ScheduleHealth() {
  auto wait = life_.NextHealthWait();
  if (health().state->polls == 1) wait = Spread(wait, random_);
  PollAt(health(), std::max(health().started + wait, timers_.Now()));
}

void IpfsPoller::ScheduleNext(Job& job, const CollectorPoll& poll) {
  if (!life_.answers()) return;  // polled again after OnCommands()
  const bool is_first =
      std::exchange(job.polled, poll.generation()) != poll.generation();
  if (life_.IsDue(job.polled)) {  // it polled an older generation
    if (life_.forgets_schedules()) job.schedule.Forget();
    return PollSoon(job);
  }
  auto wait = job.schedule.effective();
  if (is_first) {
    wait = Spread(wait, random_);
    for (auto& other : jobs_) {
      if (other.input == &job) PollIfDue(other);
    }
  }
  // The daemon supports none of the requests: no poll until it is replaced.
  if (!poll.asked() && !poll.lacks_input()) return;
  PollAt(job, std::max(job.started + wait, timers_.Now()));

  // After a lost connection, ipfs.health checks the daemon at once.
  if (poll.asked() && job.error && job.error->reason == Reason::kConnect &&
      !health().poll) {
    PollAt(health(), timers_.Now());
  }
}

void IpfsPoller::OnVersion(const Outcome& version, int http_status) {
  if (version.state != Outcome::State::kOk) {
    const auto& error = *version.error;
    if (life_.VersionFailed(error.reason, http_status, timers_.Now())) {
      GoDown(error);
    }
    return;
  }
  const bool restarted = restarts_.ObserveVersion(daemon_.version);
  if (restarted) ForgetDaemon();
  if (!life_.VersionAnswered(restarted)) return;
  Log(LogLevel::kInfo, "daemon up",
      {{"address", rpc_.address()}, {"version", daemon_.version}});
  store_.SetOutage(health().state->source, std::nullopt);
}

// The call for the commands has ended: the other collectors may poll.
void IpfsPoller::OnCommands() {
  life_.CommandsAsked(health().started);
  for (auto& job : jobs_) {
    if (job.is_health()) continue;
    if (life_.forgets_schedules()) job.schedule.Forget();
    if (job.first_after > Duration::zero()) job.ForgetParts();
  }
  for (auto& job : jobs_) {
    if (!job.is_health()) PollIfDue(job);
  }
}

void IpfsPoller::GoDown(const Error& error) {
  Log(LogLevel::kWarn, "daemon down",
      {{"address", rpc_.address()},
       {"reason", std::string(Name(error.reason))},
       {"error", error.message}});
  restarts_.ObserveOutage();
  ForgetDaemon();
  store_.SetOutage(health().state->source, timers_.Now());
  queue_.DropWaiting();
  for (auto& job : jobs_) {
    job.failures = 0;
    if (!job.is_health()) StopTimer(job);
    if (job.poll && job.poll->is_waiting()) job.poll.reset();
  }
}

// A counter that fell shows a restart.
void IpfsPoller::OnCounters(const Families& counters) {
  if (!restarts_.ObserveCounters(counters)) return;
  ForgetDaemon();
  life_.RestartSeen();
  if (!life_.answers() || health().poll) return;
  PollAt(health(), std::max(timers_.Now(), life_.Relearn()));
}

// The daemon is a new process: drops all but its version and agents.
void IpfsPoller::ForgetDaemon() {
  daemon_ = {.version = daemon_.version, .agents = daemon_.agents};
}

}  // namespace ipfs_peer_exporter
