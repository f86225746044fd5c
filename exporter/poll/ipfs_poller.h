#pragma once

#include <list>
#include <optional>
#include <random>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/restarts.h"
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
  ~IpfsPoller();  // cancels its timers and calls
  IpfsPoller(const IpfsPoller&) = delete;
  IpfsPoller& operator=(const IpfsPoller&) = delete;

  void Start();

  std::optional<bool> up() const;  // empty until a version call ends

 private:
  struct Job : PolledCollector {
    using PolledCollector::PolledCollector;

    std::optional<CollectorPoll> poll;  // under way
    Timers::TimerId timer = 0;          // of the next poll
    HttpFetcher::CallId call = 0;       // under way
  };

  static std::list<Job> MakeJobs(const IpfsOptions& options, Store& store);
  Job& health() { return jobs_.front(); }
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
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace ipfs_peer_exporter
