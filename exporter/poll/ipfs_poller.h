#pragma once

#include <list>
#include <map>
#include <optional>
#include <random>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/restarts.h"
#include "exporter/base/random_seed.h"
#include "exporter/config/options.h"
#include "exporter/net/event_loop.h"
#include "exporter/net/http_call.h"
#include "exporter/poll/call_queue.h"
#include "exporter/poll/collector_poll.h"
#include "exporter/poll/daemon_life.h"
#include "exporter/poll/health_parts.h"
#include "exporter/poll/polled_collector.h"
#include "exporter/poll/rpc_client.h"
#include "exporter/store/publisher.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// Polls one IPFS daemon: every collector at its own interval, with one request
// at a time. CallQueue limits the calls of all collectors together, except
// ipfs.health, which never waits. While the daemon is down, only ipfs.health
// polls. Runs on the thread of `timers`; all arguments must outlive it.
class IpfsPoller {
 public:
  IpfsPoller(const IpfsOptions& options, Timers& timers, HttpFetcher& http,
             Store& store, Publisher& publisher);
  // Cancels its timers and calls, and removes its collectors from the store.
  ~IpfsPoller();
  IpfsPoller(const IpfsPoller&) = delete;
  IpfsPoller& operator=(const IpfsPoller&) = delete;

  void Start();

  // Takes other options while it polls. A collector that is off now is removed
  // from the store. What did not change keeps its values, its schedule and its
  // calls under way, and all keep their counters. With another address, what is
  // known of the daemon is forgotten. Must not be called from a callback of a
  // poll.
  void Change(const IpfsOptions& options);

  std::optional<bool> up() const;  // empty until a version call ends

 private:
  struct Job : PolledCollector {
    using PolledCollector::PolledCollector;

    bool linked = false;                // LinkInputs() has seen it
    std::optional<CollectorPoll> poll;  // under way
    Timers::TimerId timer = 0;          // of the next poll; 0: none
    HttpFetcher::CallId call = 0;       // under way
  };

  using Effects = std::map<const Job*, PolledCollector::Effect>;

  static std::list<Job> MakeJobs(const IpfsOptions& options, Store& store);
  void LinkInputs();
  Job& health() { return jobs_.front(); }
  void StopTimer(Job& job);
  void PollAt(Job& job, Clock::time_point when);
  void PollSoon(Job& job);
  void PollIfDue(Job& job);
  bool IsEarly(const Job& job) const;
  void Poll(Job& job);
  void AskNext(Job& job);
  void OnTurn(Job& job);
  void Ask(Job& job);
  void OnReply(Job& job, const HttpResult& reply);
  void FinishPoll(Job& job);
  void ScheduleHealth();
  void ScheduleNext(Job& job, const CollectorPoll& poll);
  void OnVersion(const ipfs::Outcome& version, int http_status);
  void OnCounters(const Families& counters);
  void OnCommands();
  void GoDown(const Error& error);
  void ForgetDaemon();
  // Parts of Change(), in ipfs_poller_change.cc.
  Effects EffectsOf(const IpfsOptions& options) const;
  void Abandon(const std::vector<Job*>& jobs);
  void ForgetAddress();
  void ChangeJobs(const IpfsOptions& options, const Effects& effects);
  void Reschedule(Job& job, PolledCollector::Effect effect);

  const bool first_at_once_;  // as in IpfsOptions
  Timers& timers_;
  Publisher& publisher_;
  Store& store_;
  RpcClient rpc_;
  ipfs::DaemonState daemon_;
  ipfs::RestartDetector restarts_;
  std::list<Job> jobs_;  // the first is ipfs.health
  DaemonLife life_;
  HealthParts health_parts_;
  CallQueue queue_;  // for all collectors but ipfs.health
  std::minstd_rand random_{RandomSeed()};
};

}  // namespace ipfs_peer_exporter
