#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/ipfs/collector.h"
#include "exporter/config/options.h"
#include "exporter/poll/call_queue.h"
#include "exporter/poll/schedule.h"
#include "exporter/store/store.h"

namespace ipfs_peer_exporter {

// One of the daemon's collectors: its state from poll to poll.
struct PolledCollector {
  // Adds the collector to the store.
  PolledCollector(const CollectorOptions& of, const IpfsOptions& options,
                  Store& store);

  // What a change of the options means for the collector.
  enum class Effect {
    kNone,      // or it counts from the next poll on
    kSchedule,  // the time of the next poll is another
    kRequests,  // other requests, or made under another condition: poll anew
  };
  // The effect of Change() with these options.
  Effect EffectOf(const CollectorOptions& of, const IpfsOptions& options) const;
  // Takes the options. Counters and call times are kept; with kRequests, the
  // values are dropped, and no poll may be under way.
  void Change(const CollectorOptions& of, const IpfsOptions& options);

  bool is_health() const { return spec == &ipfs::Health(); }
  CallQueue::Kind kind() const {
    return spec->timeout > std::chrono::seconds::zero()
               ? CallQueue::Kind::kLong
               : CallQueue::Kind::kOrdinary;
  }

  // Adds a note that the daemon's API.Authorizations does not allow a path,
  // maybe because the entry is older than the call. Logs it once per
  // generation.
  void LogDenied(const std::string& path, std::uint64_t generation);

  // Drops the values, which belong to an older generation of the daemon.
  void ForgetParts();
  // Drops the values and the outcome of the last poll: the calls go to another
  // daemon.
  void ForgetPoll();

  // Logs one line when the collector fails for the second time in a row, and
  // one when it works again.
  void LogChange(const std::optional<Error>& error_of_poll);

  const ipfs::Collector* const spec;
  bool named;  // by a flag
  // At least one. A poll keeps those that it began with.
  std::shared_ptr<const std::vector<ipfs::Request>> requests;
  Duration first_after;         // uptime of the daemon before its first poll
  CollectorState* const state;  // the store's; one part for each request
  const PolledCollector* input = nullptr;  // whose values it reads; null: none
  Schedule schedule;

  // The last poll, or the one under way.
  Clock::time_point started{};  // when its first call got its turn
  std::optional<Error> error;   // of the last complete poll
  std::uint64_t polled = 0;     // generation of that poll (DaemonLife); 0: none
  int failures = 0;             // in a row, while the daemon is up
  std::map<std::string, std::uint64_t> denied;  // path: generation last logged
};

}  // namespace ipfs_peer_exporter
