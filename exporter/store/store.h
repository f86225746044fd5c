#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/base/units.h"
#include "exporter/store/collector_state.h"

namespace ipfs_peer_exporter {

// How the last poll of a collector went.
struct PollSummary {
  std::optional<bool> supported;  // as in CollectorState
  std::optional<bool> success;
  double ended = 0;
  Duration took{};
  Duration interval{};
  std::string error;
  std::shared_ptr<const Skips> skips;
};

// What is served until the next poll. Immutable.
struct Snapshot {
  struct Entry {
    std::string collector;  // empty: the exporter itself
    std::string source;
    std::vector<Block> blocks;
    std::string page;            // a page of the collector's own; may be empty
    std::vector<Block> on_page;  // what is served on that page only
    PollSummary poll;
  };
  std::vector<Entry> entries;
};

// Keeps the latest values of the collectors and hands out snapshots of them.
// Lives on the main thread, except Current.
class Store {
 public:
  static constexpr Duration kMinLifetime = std::chrono::minutes(1);
  static constexpr Duration kOutageGrace = std::chrono::minutes(1);

  // The state stays at its address as long as the store lives.
  CollectorState& Add(std::string name, std::string source, Duration interval);

  // A source is down since `since`: kOutageGrace later its parts are withdrawn.
  // nullopt ends the outage.
  void SetOutage(const std::string& source,
                 std::optional<Clock::time_point> since);

  // Replaces the snapshot by one of what is current. `exporter` holds the
  // families of the process itself.
  void Publish(Clock::time_point now, std::vector<Block> exporter);

  // Any thread. Never null.
  std::shared_ptr<const Snapshot> Current() const;

  const std::list<CollectorState>& collectors() const { return collectors_; }

 private:
  bool IsCurrent(const CollectorState& collector, const Part& part,
                 Clock::time_point now) const;

  std::list<CollectorState> collectors_;
  std::map<std::string, Clock::time_point> outages_;
  // std::atomic<std::shared_ptr> of libstdc++ 12 is a data race for TSan.
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_ = std::make_shared<Snapshot>();
};

}  // namespace ipfs_peer_exporter
