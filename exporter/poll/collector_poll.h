#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/reply.h"
#include "exporter/net/http_call.h"
#include "exporter/poll/daemon_life.h"
#include "exporter/poll/polled_collector.h"
#include "exporter/store/publisher.h"

namespace ipfs_peer_exporter {

// One poll of one collector, while it is under way: which call is next, and
// what their outcomes make of the collector's state. Makes no calls itself.
class CollectorPoll {
 public:
  // All have to outlive it.
  CollectorPoll(PolledCollector& collector, const DaemonLife& life,
                ipfs::DaemonState& daemon, Clock::time_point now);

  // Goes on to the next request that the daemon is to be asked. Those before it
  // that it is known to have no answer to get their outcome. False: none left.
  bool FindRequest(Clock::time_point now);
  const ipfs::Request& request() const;
  // Whether that is the one whose answer says that the daemon is up.
  bool is_version() const { return collector_.is_health() && request_ == 0; }

  // The request waits for its turn, which is no part of the poll's duration.
  void BeginWaiting(Clock::time_point now);
  void EndWaiting(Clock::time_point now);
  bool is_waiting() const { return is_waiting_; }

  // The request is made: where the bytes of the reply go.
  ipfs::ReplyReader& BeginReading();
  // The outcome of the complete reply, and what it was translated to.
  ipfs::Outcome Read(const HttpResult& reply, Clock::time_point now);
  const Families& families() const { return reader_->families(); }
  // Keeps that outcome as the request's; the next one is to be found. After a
  // call without an answer there is none: it would only wait too.
  void Keep(const ipfs::Outcome& outcome, Clock::time_point now);

  PollResult Result(Clock::time_point now) const;
  bool timed_out() const;  // a call of it
  bool asked() const { return asked_; }
  // Whether a request was left out for lack of another collector's values.
  bool lacks_input() const { return lacks_input_; }
  std::uint64_t generation() const { return generation_; }

 private:
  enum class Wanted { kYes, kNo, kUnknown };
  Wanted IsWanted() const;
  bool IsMissing() const;
  std::optional<ipfs::Outcome> WithoutInput(Clock::time_point now);
  void SetNow(Clock::time_point now);
  void Put(const ipfs::Outcome& outcome, Clock::time_point now);

  PolledCollector& collector_;
  const DaemonLife& life_;
  ipfs::DaemonState& daemon_;
  std::uint64_t generation_;  // of the daemon, when the poll began
  std::size_t request_ = 0;
  std::vector<std::optional<ipfs::Outcome::State>> states_;  // of the requests
  bool asked_ = false;                                       // anything
  bool lacks_input_ = false;
  bool is_waiting_ = false;
  Clock::time_point waiting_since_;
  Duration waited_{};  // between two requests
  PollResult result_{.supported = false, .error = {}, .took = {}};
  std::unique_ptr<ipfs::ReplyReader> reader_;
};

}  // namespace ipfs_peer_exporter
