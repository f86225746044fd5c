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

// What is served between two polls.
struct Snapshot {
  struct Entry {
    std::string collector;  // empty: the exporter itself
    std::string source;
    std::vector<Block> blocks;
    std::string page;            // of the collector's own, if it has one
    std::vector<Block> on_page;  // what stands there and nowhere else
    PollSummary poll;
  };
  std::vector<Entry> entries;
};

// Keeps what the collectors gave and hands out snapshots of it.
class Store {
 public:
  static constexpr Duration kMinLifetime = std::chrono::minutes(1);
  static constexpr Duration kOutageGrace = std::chrono::minutes(1);

  // The state stays at its address as long as the store lives.
  CollectorState& Add(std::string name, std::string source, Duration interval);

  // While a source is down since `since`, its parts are withdrawn after
  // kOutageGrace; nothing ends the outage.
  void SetOutage(const std::string& source,
                 std::optional<Clock::time_point> since);

  // Makes a snapshot of what is current and replaces the one that is served.
  // `exporter` holds the families of the process itself.
  void Publish(Clock::time_point now, Block exporter);

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
