#include "exporter/poll/collector_poll.h"

#include <algorithm>
#include <string>
#include <utility>

#include "adapters/ipfs/version.h"

namespace ipfs_peer_exporter {

using ipfs::Outcome;

CollectorPoll::CollectorPoll(PolledCollector& collector, const DaemonLife& life,
                             ipfs::DaemonState& daemon, Clock::time_point now)
    : collector_(collector),
      life_(life),
      daemon_(daemon),
      generation_(life.generation()),
      requests_(collector.requests),
      states_(requests_->size()) {
  collector.started = now;
  collector.state->notes.clear();
}

const ipfs::Request& CollectorPoll::request() const {
  return (*requests_)[request_];
}

bool CollectorPoll::FindRequest(Clock::time_point now) {
  while (request_ < requests_->size()) {
    const auto wanted = IsWanted();
    if (wanted == Wanted::kNo) {
      collector_.state->parts[request_] = {};
      ++request_;
    } else if (wanted == Wanted::kUnknown) {
      states_[request_++] = Outcome::State::kFailed;
    } else if (IsMissing()) {
      Put({Outcome::State::kUnsupported, {}}, now);
    } else if (const auto outcome = WithoutInput(now)) {
      lacks_input_ = true;
      Put(*outcome, now);
    } else {
      return true;
    }
  }
  return false;
}

// Whether the request belongs to this poll. Unknown for a fallback if the call
// it replaces failed: then the fallback's earlier values stay.
CollectorPoll::Wanted CollectorPoll::IsWanted() const {
  using State = DaemonLife::State;
  const auto& next = request();
  const bool is_for_version =
      !ipfs::IsOlder(daemon_.version, next.since) &&
      (next.before.empty() || ipfs::IsOlder(daemon_.version, next.before));
  if (next.at_start ? life_.state() != State::kLearning : !is_for_version) {
    return Wanted::kNo;
  }
  if (!next.fallback_of) return Wanted::kYes;
  const auto& first = states_[*next.fallback_of];
  if (first == Outcome::State::kFailed) return Wanted::kUnknown;
  return first == Outcome::State::kUnsupported ? Wanted::kYes : Wanted::kNo;
}

// Whether the daemon is known, without a call, not to support the request.
bool CollectorPoll::IsMissing() const {
  if (!collector_.named &&
      ipfs::IsOlder(daemon_.version, collector_.spec->on_from)) {
    return true;
  }
  return !collector_.is_health() && !daemon_.commands.empty() &&
         request().is_rpc() && !daemon_.commands.contains(request().command());
}

// The outcome of a request that lacks the values of another collector; empty if
// they are there. If the other collector failed, this request fails too,
// because the failure does not tell what the daemon supports.
std::optional<Outcome> CollectorPoll::WithoutInput(Clock::time_point now) {
  if (collector_.spec->has_input == nullptr) return std::nullopt;
  const Outcome unsupported{Outcome::State::kUnsupported, {}};
  const auto* input = collector_.input;
  if (input == nullptr) return unsupported;  // its last values may remain
  SetNow(now);
  if (collector_.spec->has_input(daemon_)) return std::nullopt;
  if (input->state->supported == false) return unsupported;
  const auto& name = input->state->name;
  if (!input->error) {
    return ipfs::Failed(
        {Reason::kTimeout, "not asked: " + name + " has no answer"});
  }
  return ipfs::Failed({input->error->reason, "not asked: " + name + " fails: " +
                                                 input->error->message});
}

void CollectorPoll::SetNow(Clock::time_point now) {
  daemon_.now = now;
  const auto interval = collector_.input != nullptr
                            ? collector_.input->schedule.effective()
                            : Duration{};
  daemon_.lasts = std::max(ipfs::DaemonState{}.lasts, 3 * interval);
}

void CollectorPoll::BeginWaiting(Clock::time_point now) {
  is_waiting_ = true;
  waiting_since_ = now;
}

// A poll begins with its first call. The daemon may have been replaced while
// the call waited.
void CollectorPoll::EndWaiting(Clock::time_point now) {
  is_waiting_ = false;
  if (asked_) {
    waited_ += now - waiting_since_;
  } else {
    collector_.started = now;
    generation_ = life_.generation();
  }
}

ipfs::ReplyReader& CollectorPoll::BeginReading() {
  asked_ = true;
  reader_ = std::make_unique<ipfs::ReplyReader>(request(), daemon_);
  return *reader_;
}

Outcome CollectorPoll::Read(const HttpResult& reply, Clock::time_point now) {
  SetNow(now);
  if (reply.error) return ipfs::Failed(*reply.error);
  const auto outcome = reader_->Finish(reply.status, reply.stream_error);
  if (is_version() && outcome.state == Outcome::State::kUnsupported) {
    return ipfs::Failed({Reason::kHttpStatus, "not an RPC API"});
  }
  if (reply.status == 403 && collector_.spec->added_later) {
    collector_.LogDenied(request().path_without_query(), life_.generation());
    return {Outcome::State::kUnsupported, {}};
  }
  return outcome;
}

void CollectorPoll::Keep(const Outcome& outcome, Clock::time_point now) {
  Put(outcome, now);
  const bool no_answer =
      outcome.error && (outcome.error->reason == Reason::kConnect ||
                        outcome.error->reason == Reason::kTimeout);
  if (!no_answer) return;
  result_.error = outcome.error;
  request_ = requests_->size();
}

void CollectorPoll::Put(const Outcome& outcome, Clock::time_point now) {
  auto& part = collector_.state->parts[request_];
  if (outcome.state == Outcome::State::kOk) {
    part = {.block = RenderBlock(reader_->families()), .at = now};
    if (auto relayed = reader_->TakeRelayed(); !relayed.empty()) {
      part.on_page = std::make_shared<const std::vector<RenderedFamily>>(
          std::move(relayed));
    }
  } else if (outcome.state == Outcome::State::kUnsupported) {
    part = {};
  } else {
    // The part stays until it is too old.
    ++collector_.state->errors[outcome.error->reason];
    if (!result_.error) result_.error = outcome.error;
  }
  if (outcome.state != Outcome::State::kUnsupported) result_.supported = true;
  reader_.reset();
  states_[request_++] = outcome.state;
}

PollResult CollectorPoll::Result(Clock::time_point now) const {
  auto result = result_;
  result.took = now - collector_.started - waited_;
  return result;
}

bool CollectorPoll::timed_out() const {
  return asked_ && result_.error && result_.error->reason == Reason::kTimeout;
}

}  // namespace ipfs_peer_exporter
