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

// One poll of one collector while it is under way: chooses the next request,
// and updates the collector's state from the outcomes. Makes no calls itself.
class CollectorPoll {
 public:
  // The collector, `life` and `daemon` must outlive the poll.
  CollectorPoll(PolledCollector& collector, const DaemonLife& life,
                ipfs::DaemonState& daemon, Clock::time_point now);

  // Advances to the next request to make. Requests that need no call, or that
  // the daemon is known not to support, get their outcome on the way. Returns
  // false if no request is left.
  bool FindRequest(Clock::time_point now);
  const ipfs::Request& request() const;
  // Whether it is the version call, whose answer shows that the daemon is up.
  bool is_version() const { return collector_.is_health() && request_ == 0; }

  // The request waits for its turn. The wait does not count towards the poll's
  // duration.
  void BeginWaiting(Clock::time_point now);
  void EndWaiting(Clock::time_point now);
  bool is_waiting() const { return is_waiting_; }

  // Begins the request. The returned reader receives the reply's bytes.
  ipfs::ReplyReader& BeginReading();
  // Returns the outcome of the complete reply; families() are its values.
  ipfs::Outcome Read(const HttpResult& reply, Clock::time_point now);
  const Families& families() const { return reader_->families(); }
  // Stores the outcome of the request and advances. After a connection error or
  // a timeout no request is left, because the next one would only wait too.
  void Keep(const ipfs::Outcome& outcome, Clock::time_point now);

  PollResult Result(Clock::time_point now) const;
  bool timed_out() const;  // whether a call timed out
  bool asked() const { return asked_; }
  // Whether a request was skipped because another collector's values are
  // missing.
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
  const std::shared_ptr<const std::vector<ipfs::Request>> requests_;
  std::size_t request_ = 0;
  std::vector<std::optional<ipfs::Outcome::State>> states_;  // of the requests
  bool asked_ = false;  // whether a call was made
  bool lacks_input_ = false;
  bool is_waiting_ = false;
  Clock::time_point waiting_since_;
  Duration waited_{};  // in the queue, after the first call
  PollResult result_{.supported = false, .error = {}, .took = {}};
  std::unique_ptr<ipfs::ReplyReader> reader_;
};

}  // namespace ipfs_peer_exporter
