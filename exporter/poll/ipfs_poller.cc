#include "exporter/poll/ipfs_poller.h"

#include <algorithm>
#include <utility>

#include "adapters/ipfs/version.h"
#include "exporter/base/log.h"

namespace ipfs_peer_exporter {
namespace {

using ipfs::Outcome;

constexpr Duration kFirstRetry = std::chrono::milliseconds(500);
constexpr Duration kAnswerLasts = std::chrono::minutes(1);
constexpr std::string_view kSource = "ipfs";

}  // namespace

IpfsPoller::IpfsPoller(const IpfsOptions& options, EventLoop& loop,
                       HttpClient& http, Store& store, Publisher& publisher)
    : options_(options),
      loop_(loop),
      http_(http),
      publisher_(publisher),
      store_(store) {
  for (const auto& of : options.collectors) {
    auto& state = store.Add("ipfs." + std::string(of.collector->name),
                            std::string(kSource), of.interval);
    state.page = of.collector->page;
    // One part for each request; that of ipfs_up comes last.
    const bool health = of.collector == &ipfs::Health();
    auto requests = of.collector->requests(options.settings);
    state.parts.resize(requests.size() + (health ? 2 : 0));
    jobs_.emplace_back(of, std::move(requests), state,
                       health ? 0 : options.budget);
  }
  PublishHealth();
}

void IpfsPoller::Start() {
  if (!options_.auth_file.empty() && options_.api && !options_.api->local &&
      options_.api->base.starts_with("http:")) {
    Log(LogLevel::kWarn, "credentials go over the network in clear text",
        {{"address", options_.api->text}});
  }
  for (const auto& job : jobs_) {
    if (job.collector->has_input != nullptr && InputOf(job) == nullptr) {
      Log(LogLevel::kWarn, "collector lacks another, which is off",
          {{"collector", job.state->name},
           {"needs", "ipfs." + std::string(job.collector->after->name)}});
    }
  }
  PollAt(jobs_.front(), Clock::now());
}

bool IpfsPoller::IsHealth(const Job& job) const {
  return &job == &jobs_.front();
}

void IpfsPoller::PollAt(Job& job, Clock::time_point when) {
  loop_.Cancel(job.timer);
  job.timer = loop_.At(when, [this, &job] { Poll(job); });
}

// At once, unless that is more often than the budget allows, or the daemon has
// to be up for a while first.
void IpfsPoller::PollSoon(Job& job) {
  const auto wait = options_.first_at_once ? Duration{} : job.first_after;
  PollAt(job, std::max({Clock::now(), job.started + job.schedule.affordable(),
                        up_since_ + wait}));
}

void IpfsPoller::Poll(Job& job) {
  if (IsEarly(job)) return PutOff(job);
  // At each connect, the `api` file may name another address.
  if (IsHealth(job) && up_ != true) {
    address_ = options_.api ? *options_.api : DiscoverRpcAddress();
  }
  job.polling = true;
  job.request = 0;
  job.asked = false;
  job.no_input = false;
  job.waited = {};
  job.states.assign(job.requests.size(), std::nullopt);
  job.state->notes.clear();
  job.result = {.supported = false, .error = {}, .took = {}};
  job.started = Clock::now();
  AskNext(job);
}

// Whether the request that the job has come to is one for this poll.
bool IpfsPoller::IsWanted(const Job& job) const {
  const auto& request = job.requests[job.request];
  if (request.at_start) return is_new_ && up_ == true;
  if (ipfs::IsOlder(daemon_.version, request.since)) return false;
  if (!request.before.empty() &&
      !ipfs::IsOlder(daemon_.version, request.before)) {
    return false;
  }
  return !request.fallback_of ||
         job.states[*request.fallback_of] == Outcome::State::kUnsupported;
}

// Whether it is known without asking that the daemon has no answer to it.
bool IpfsPoller::IsMissing(const Job& job) const {
  if (!job.named && ipfs::IsOlder(daemon_.version, job.collector->on_from)) {
    return true;
  }
  const auto command = job.requests[job.request].command();
  return !IsHealth(job) && !daemon_.commands.empty() &&
         !command.starts_with('/') && !daemon_.commands.contains(command);
}

void IpfsPoller::Ask(Job& job) {
  job.asked = true;
  const auto& request = job.requests[job.request];
  job.reader = std::make_unique<ipfs::ReplyReader>(request, daemon_);
  const auto credentials = CredentialsFor(address_);
  if (!credentials) {
    return OnReply(
        job, {.status = 0, .stream_error = "", .error = credentials.error()});
  }
  const bool rpc = !request.target.starts_with('/');
  http_.Start(
      {.address = address_,
       .credentials = *credentials,
       .tls = options_.tls,
       .path = rpc ? "/api/v0/" + request.target : request.target,
       .post = rpc,
       .timeout = std::max<Duration>(options_.timeout, job.collector->timeout),
       .max_bytes = job.reader->max_bytes(),
       .on_body =
           [&job](int status, std::string_view bytes) {
             return job.reader->Feed(status, bytes);
           },
       .done = [this, &job](const HttpResult& reply) { OnReply(job, reply); }});
}

// Whoever may write an `api` file is not to be told the credentials: they go to
// an address found there only if it is on this machine.
Result<Credentials> IpfsPoller::CredentialsFor(
    const HttpAddress& address) const {
  if (options_.auth_file.empty()) return Credentials{};
  if (!options_.api && !address.local) {
    return Error{Reason::kAuth,
                 "no credentials for " + address.text +
                     ", which an api file names; name it with --ipfs.api"};
  }
  return ReadAuthFile(options_.auth_file);
}

void IpfsPoller::OnReply(Job& job, const HttpResult& reply) {
  if (!IsHealth(job)) queue_.Leave(job.kind());
  SetNow(job);
  auto outcome = reply.error
                     ? ipfs::Failed(*reply.error)
                     : job.reader->Finish(reply.status, reply.stream_error);
  const bool is_version = IsHealth(job) && job.request == 0;
  if (is_version && outcome.state == Outcome::State::kUnsupported) {
    outcome = ipfs::Failed({Reason::kHttpStatus, "not an RPC API"});
  }
  if (reply.status == 403 && job.collector->added_later) {
    outcome = {Outcome::State::kUnsupported, {}};
    TellDenied(job);
  }
  Keep(job, outcome);
  if (!is_version && outcome.state == Outcome::State::kOk) {
    answered_ = Clock::now();
  }
  if (IsHealth(job)) {
    if (is_version && !IsOnlyLimited(reply.status)) SetUp(outcome);
    if (job.requests[job.request].at_start) BeginAnew();
  }
  job.reader.reset();

  // Who does not answer is not asked the rest.
  const bool silent =
      outcome.error && (outcome.error->reason == Reason::kConnect ||
                        outcome.error->reason == Reason::kTimeout);
  if (silent) {
    job.result.error = outcome.error;
    return FinishPoll(job);
  }
  ++job.request;
  AskNext(job);
}

// What failed keeps its last good value, until that is too old.
void IpfsPoller::Keep(Job& job, const Outcome& outcome) {
  auto& part = job.state->parts[job.request];
  job.states[job.request] = outcome.state;
  if (outcome.state == Outcome::State::kOk) {
    part = {
        RenderBlock(job.reader->families()), Clock::now(), false,
        std::make_shared<std::vector<RenderedFamily>>(job.reader->relayed())};
    Observe(job.reader->families());
  } else if (outcome.state == Outcome::State::kUnsupported) {
    part = {};
  } else {
    ++job.state->errors[outcome.error->reason];
    if (!job.result.error) job.result.error = outcome.error;
  }
  if (outcome.state != Outcome::State::kUnsupported) {
    job.result.supported = true;
  }
}

// What an API.Authorizations does not allow because it is older than the call.
void IpfsPoller::TellDenied(Job& job) {
  const auto path =
      "/api/v0/" + std::string(job.requests[job.request].command());
  const auto note = "the daemon answers 403 to " + path + ": add \"" + path +
                    "\" to AllowedPaths in its API.Authorizations";
  job.state->notes.push_back(note);
  if (!denied_.insert(path).second) return;
  Log(LogLevel::kWarn, "call denied",
      {{"collector", job.state->name}, {"error", note}});
}

// The poll is not made, or not to its end, and not recorded. It is made anew
// when the daemon has come up, or what it reads is there.
void IpfsPoller::PutOff(Job& job) {
  job.polling = false;
  job.queued = false;
  job.fresh = true;
}

void IpfsPoller::FinishPoll(Job& job) {
  job.polling = false;
  job.error = job.result.error;
  job.result.took = Clock::now() - job.started - job.waited;
  const bool timed_out =
      job.asked && job.error && job.error->reason == Reason::kTimeout;
  job.schedule.Finished(job.result.took, timed_out);
  job.state->interval = job.schedule.effective();
  publisher_.Record(*job.state, job.result);
  LogChange(job);
  PublishHealth();
  publisher_.Publish(*job.state, job.result);
  ScheduleNext(job);
}

void IpfsPoller::ScheduleNext(Job& job) {
  auto wait = job.schedule.effective();
  if (IsHealth(job)) {
    if (up_ == false && retry_ > Duration::zero()) {
      wait = retry_;
      retry_ = std::min(2 * retry_, job.schedule.effective());
    }
  } else if (up_ != true) {
    return;  // until ipfs.health says otherwise
  }
  if (job.fresh && job.started < up_since_) {
    if (was_away_) job.schedule.Forget();
    return PollSoon(job);  // what it asked was the daemon before
  }
  if (job.fresh) {
    // All polled at once: from here on they spread.
    wait = std::chrono::duration_cast<Duration>(
        wait * std::uniform_real_distribution<>(0.5, 1)(random_));
    job.fresh = false;
    for (auto& other : jobs_) {
      if (other.collector->after == job.collector) PollIfFresh(other);
    }
  }
  // The daemon is known to have none of it: until it is another.
  if (!job.asked && !job.no_input) return;
  PollAt(job, std::max(job.started + wait, Clock::now()));

  // A lost connection is for ipfs.health to judge, at once.
  auto& health = jobs_.front();
  if (!IsHealth(job) && !health.polling && job.asked && job.error &&
      job.error->reason == Reason::kConnect) {
    PollAt(health, Clock::now());
  }
}

// Whoever limits calls says 429, maybe for a daemon that is well: while others
// are answered, one to `version` does not take it for down. ipfs_up then still
// says that the last answer to `version` was one.
bool IpfsPoller::IsOnlyLimited(int status) const {
  constexpr int kTooManyRequests = 429;
  return status == kTooManyRequests && up_ == true &&
         Clock::now() - answered_ <= kAnswerLasts;
}

void IpfsPoller::SetUp(const Outcome& version) {
  if (version.state == Outcome::State::kOk) {
    if (restarts_.ObserveVersion(daemon_.version)) Renew();
    retry_ = {};
    if (up_ != true) GoUp();
    return;
  }
  const auto& error = *version.error;
  if (error.reason != Reason::kConnect) {
    retry_ = {};
  } else if (retry_ == Duration::zero()) {
    retry_ = std::min(kFirstRetry, jobs_.front().schedule.effective());
  }
  if (up_ != false) GoDown(error);
}

void IpfsPoller::GoUp() {
  Log(LogLevel::kInfo, "daemon up",
      {{"address", address_.text}, {"version", daemon_.version}});
  up_ = true;
  store_.SetOutage(std::string(kSource), std::nullopt);
}

// What the daemon can do is known, as far as it says: all the others may ask.
void IpfsPoller::BeginAnew() {
  is_new_ = false;
  up_since_ = jobs_.front().started;
  denied_.clear();
  for (auto& job : jobs_) {
    if (IsHealth(job)) continue;
    job.fresh = true;
    if (was_away_) job.schedule.Forget();
    if (job.first_after > Duration::zero()) Forget(job);
  }
  for (auto& job : jobs_) PollIfFresh(job);
}

// Until its first poll, what it said was of the daemon before.
void IpfsPoller::Forget(Job& job) {
  job.state->parts.assign(job.requests.size(), {});
  job.state->last_success = 0;
  job.state->self_metrics = nullptr;
}

// The first poll after the daemon came up: soon, unless what it reads is yet to
// be learned.
void IpfsPoller::PollIfFresh(Job& job) {
  if (job.fresh && !job.polling && !IsEarly(job) && !IsHealth(job)) {
    PollSoon(job);
  }
}

void IpfsPoller::GoDown(const Error& error) {
  Log(LogLevel::kWarn, "daemon down",
      {{"address", address_.text},
       {"reason", std::string(Name(error.reason))},
       {"error", error.message}});
  up_ = false;
  restarts_.ObserveOutage();
  Renew();
  was_away_ = true;
  store_.SetOutage(std::string(kSource), Clock::now());
  queue_.DropWaiting();
  for (auto& job : jobs_) {
    job.failures = 0;
    if (!IsHealth(job)) loop_.Cancel(job.timer);
    if (job.queued) PutOff(job);
  }
}

// A counter that fell tells of a restart. Behind an address that is several
// daemons' counters always fall: what is there is learned anew no more often
// than ipfs.health polls.
void IpfsPoller::Observe(const Families& counters) {
  if (!restarts_.ObserveCounters(counters)) return;
  Renew();
  auto& health = jobs_.front();
  if (up_ != true || health.polling) return;
  PollAt(health,
         std::max(Clock::now(), up_since_ + health.schedule.effective()));
}

// The daemon is another process, maybe of another version.
void IpfsPoller::Renew() {
  if (!is_new_) was_away_ = false;
  daemon_ = {.version = daemon_.version, .agents = daemon_.agents};
  is_new_ = true;
}

void IpfsPoller::PublishHealth() {
  const auto& families = ipfs::Health().families;
  const auto add = [&](std::size_t from_end, std::string_view name,
                       double value, bool lasting) {
    const auto family = std::find_if(
        families.begin(), families.end(),
        [&](const Family& candidate) { return candidate.name == name; });
    Families out;
    out.Add(*family, value);
    auto& parts = jobs_.front().state->parts;
    parts[parts.size() - from_end] = {RenderBlock(out), Clock::now(), lasting};
  };
  add(2, "ipfs_up", up_ == true, true);
  add(1, "ipfs_daemon_restarts_total", static_cast<double>(restarts_.count()),
      false);
}

// One line when a collector fails for the second time in a row and one when it
// works again. What an outage of the daemon breaks is told by "daemon down".
void IpfsPoller::LogChange(Job& job) const {
  constexpr int kWorthALine = 2;
  if (up_ != true) return;
  const auto& error = job.result.error;
  if (error && ++job.failures == kWorthALine) {
    Log(LogLevel::kWarn, "collector fails",
        {{"collector", job.state->name},
         {"reason", std::string(Name(error->reason))},
         {"error", error->message}});
  } else if (!error) {
    if (job.failures >= kWorthALine) {
      Log(LogLevel::kInfo, "collector works again",
          {{"collector", job.state->name}});
    }
    job.failures = 0;
  }
}

}  // namespace ipfs_peer_exporter
