#pragma once

#include <optional>
#include <random>
#include <string>

#include "adapters/peer/format.h"
#include "adapters/peer/mapping.h"
#include "adapters/peer/samples.h"
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
  ~PeerPoller();  // cancels its timer; the client cancels its call
  PeerPoller(const PeerPoller&) = delete;
  PeerPoller& operator=(const PeerPoller&) = delete;

  void Start();

 private:
  void Poll();
  void OnReply(Result<std::string> reply);
  Status Translate(std::string bytes);
  Status TranslateByMapping(std::string& bytes, peer::Samples& samples);
  void KeepSkipped(const peer::Samples& samples);
  void SetUp(const Status& status);
  void LogUp(const Status& status) const;

  const PeerOptions peer_;
  const Duration interval_;
  const peer::Format& format_;
  const std::optional<peer::Mapping> mapping_;
  const bool explains_;  // whether notes explain each rule of the mapping
  const peer::Options translation_;
  Timers& timers_;
  PeerClient client_;
  Publisher& publisher_;
  CollectorState& state_;
  Timers::TimerId timer_ = 0;  // of the next poll
  Clock::time_point started_;
  std::optional<bool> up_;
  std::minstd_rand random_{std::random_device{}()};
};

// The family peer_up, for docs and tests.
const Family& PeerUpFamily();

}  // namespace ipfs_peer_exporter
