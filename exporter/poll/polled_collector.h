#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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

  // Logs one line when the collector fails for the second time in a row, and
  // one when it works again.
  void LogChange(const std::optional<Error>& error_of_poll);

  const ipfs::Collector* const spec;
  const bool named;                           // by a flag
  const std::vector<ipfs::Request> requests;  // at least one
  const Duration first_after;   // uptime of the daemon before its first poll
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
