#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/reply.h"
#include "adapters/ipfs/restarts.h"
#include "exporter/config/options.h"
#include "exporter/net/event_loop.h"
#include "exporter/net/http_client.h"
#include "exporter/poll/call_queue.h"
#include "exporter/poll/schedule.h"
#include "exporter/store/publisher.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// Polls one IPFS daemon: every collector at its own interval, with one request
// of it under way at a time, and of all of them no more than CallQueue lets by;
// ipfs.health never waits. While the daemon is down only ipfs.health polls.
// Lives on the loop's thread.
class IpfsPoller {
 public:
  IpfsPoller(const IpfsOptions& options, EventLoop& loop, HttpClient& http,
             Store& store, Publisher& publisher);

  void Start();

  std::optional<bool> up() const { return up_; }  // unknown before an answer

 private:
  struct Job {
    Job(const CollectorOptions& options, std::vector<ipfs::Request> calls,
        CollectorState& its_state, double budget)
        : collector(options.collector),
          named(options.named),
          requests(std::move(calls)),
          first_after(
              std::min<Duration>(collector->first_after, options.interval)),
          state(&its_state),
          schedule(options.interval, budget) {}

    CallQueue::Kind kind() const {
      return collector->timeout > std::chrono::seconds::zero()
                 ? CallQueue::Kind::kLong
                 : CallQueue::Kind::kOrdinary;
    }

    const ipfs::Collector* const collector;
    const bool named;                           // by a flag
    const std::vector<ipfs::Request> requests;  // at least one
    const Duration first_after;  // the daemon came up, to poll for once
    CollectorState* const state;
    Schedule schedule;
    EventLoop::TimerId timer = 0;
    bool fresh = true;           // not polled since the daemon came up
    int failures = 0;            // in a row, while the daemon is up
    std::optional<Error> error;  // of the last poll

    // Of the poll that is under way.
    bool polling = false;
    std::size_t request = 0;
    bool queued = false;    // it waits for its turn to ask
    bool asked = false;     // anything
    bool no_input = false;  // it was not asked for lack of another's values
    std::vector<std::optional<ipfs::Outcome::State>> states;  // of the requests
    Clock::time_point started;  // when its first turn came
    Clock::time_point queued_at;
    Duration waited{};  // for its turns, since it started
    PollResult result;
    std::unique_ptr<ipfs::ReplyReader> reader;
  };

  bool IsHealth(const Job& job) const;
  void PollAt(Job& job, Clock::time_point when);
  void PollSoon(Job& job);
  void PollIfFresh(Job& job);
  void ScheduleNext(Job& job);
  void Poll(Job& job);
  bool IsWanted(const Job& job) const;
  bool IsMissing(const Job& job) const;
  Job* InputOf(const Job& job);
  bool IsEarly(const Job& job);
  void SetNow(const Job& job);
  std::optional<ipfs::Outcome> WithoutInput(const Job& job);
  bool FindRequest(Job& job);
  void AskNext(Job& job);
  void OnTurn(Job& job);
  void Ask(Job& job);
  Result<Credentials> CredentialsFor(const HttpAddress& address) const;
  void OnReply(Job& job, const HttpResult& reply);
  void Keep(Job& job, const ipfs::Outcome& outcome);
  void TellDenied(Job& job);
  void FinishPoll(Job& job);
  void PutOff(Job& job);
  bool IsOnlyLimited(int status) const;
  void SetUp(const ipfs::Outcome& version);
  void GoUp();
  void BeginAnew();
  static void Forget(Job& job);
  void Observe(const Families& counters);
  void Renew();
  void GoDown(const Error& error);
  void PublishHealth();
  void LogChange(Job& job) const;

  const IpfsOptions options_;
  EventLoop& loop_;
  HttpClient& http_;
  Publisher& publisher_;
  Store& store_;
  HttpAddress address_;
  ipfs::DaemonState daemon_;
  ipfs::RestartDetector restarts_;
  std::list<Job> jobs_;  // the first is ipfs.health
  CallQueue queue_;      // of all the others
  std::minstd_rand random_{std::random_device{}()};

  std::optional<bool> up_;  // unknown before the first answer
  bool is_new_ = true;     // the daemon: it is yet to be asked for its commands
  bool was_away_ = false;  // the daemon, before it was learned
  Clock::time_point up_since_;
  Clock::time_point answered_;  // when it last answered a call but `version`
  Duration retry_{};            // time to the next attempt while refused
  // Calls that it denies and that was told, since it came up.
  std::set<std::string, std::less<>> denied_;
};

}  // namespace ipfs_peer_exporter
