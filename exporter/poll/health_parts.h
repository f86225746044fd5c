#pragma once

#include <cstdint>
#include <optional>

#include "exporter/base/units.h"
#include "exporter/store/collector_state.h"

namespace ipfs_peer_exporter {

// The parts ipfs_up and ipfs_daemon_restarts_total, which need no reply of the
// daemon. Each is rendered when its value changes.
class HealthParts {
 public:
  // Adds the two parts after the parts of the collector's requests.
  explicit HealthParts(CollectorState& health);

  // Sets the values at the time `now`.
  void Update(bool up, std::uint64_t restarts, Clock::time_point now);

 private:
  CollectorState& health_;
  const std::size_t first_;  // of the two parts
  std::optional<bool> up_;
  std::optional<std::uint64_t> restarts_;
};

}  // namespace ipfs_peer_exporter
