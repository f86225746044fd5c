#pragma once

#include <optional>
#include <random>
#include <string>

#include "adapters/peer/format.h"
#include "adapters/peer/mapping.h"
#include "adapters/peer/samples.h"
#include "exporter/base/random_seed.h"
#include "exporter/config/options.h"
#include "exporter/net/event_loop.h"
#include "exporter/poll/peer_client.h"
#include "exporter/store/publisher.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// Polls the stats of one peer. Runs on the thread of `timers`; all arguments
// must outlive it.
class PeerPoller {
 public:
  PeerPoller(const Options& options, const PeerOptions& peer, Timers& timers,
             HttpFetcher& http, SocketFetcher& sockets, Store& store,
             Publisher& publisher);
  // Cancels its timer and call, and removes its collector from the store.
  ~PeerPoller();
  PeerPoller(const PeerPoller&) = delete;
  PeerPoller& operator=(const PeerPoller&) = delete;

  void Start();

  const std::string& collector() const { return state_.name; }

  // Takes other options for the same collector while it polls. If they are
  // equal, nothing happens. Another interval moves the next poll; any other
  // change cancels the call under way and polls at once. With another name or
  // address, the values are dropped. Counters are kept. Must not be called from
  // a callback of a poll.
  void Change(const Options& options, const PeerOptions& peer);

 private:
  // The options that concern one peer.
  struct Plan {
    Plan(const Options& options, PeerOptions of);
    bool operator==(const Plan&) const = default;

    PeerOptions peer;
    Duration interval;
    PeerClient::Limits limits;
    const peer::Format* format;
    std::optional<peer::Mapping> mapping;
    bool explains;  // whether notes explain each rule of the mapping
    std::string name_space;
    std::size_t max_series;
  };

  void PollAt(Clock::time_point when);
  void ForgetValues();
  void Poll();
  void OnReply(Result<std::string> reply);
  Status Translate(std::string bytes);
  Status TranslateByMapping(std::string& bytes, peer::Samples& samples);
  void KeepSkipped(const peer::Samples& samples);
  void SetUp(const Status& status);
  void LogUp(const Status& status) const;

  Plan plan_;
  Timers& timers_;
  HttpFetcher& http_;
  SocketFetcher& sockets_;
  std::optional<PeerClient> client_;  // never empty
  Store& store_;
  Publisher& publisher_;
  CollectorState& state_;
  Timers::TimerId timer_ = 0;  // of the next poll; 0: one is under way
  Clock::time_point started_;
  std::optional<bool> up_;
  std::minstd_rand random_{RandomSeed()};
};

// The family peer_up, for docs and tests.
const Family& PeerUpFamily();

}  // namespace ipfs_peer_exporter
