#pragma once

#include <cstdint>
#include <functional>
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
#include "exporter/store/site.h"

namespace ipfs_peer_exporter {

// The outcome of a collector's last poll. Members as in CollectorState.
struct PollSummary {
  std::optional<bool> supported;
  std::optional<bool> success;
  double ended = 0;  // seconds since 1970; 0: never
  Duration took{};
  Duration interval{};
  std::string error;
  std::shared_ptr<const Skips> skips;
  double last_success = 0;
  double changed = 0;
  std::optional<Reason> reason{};
  double error_at = 0;
};

// Whether a source answers, and since when (seconds since 1970).
struct Reach {
  bool up = false;
  double since = 0;
};

// The values served until the next poll. Immutable once published.
struct Snapshot {
  struct Entry {
    std::string collector;  // empty: the exporter itself
    std::string source;
    std::vector<Block> blocks;
    std::string page;            // the collector's own page; may be empty
    std::vector<Block> on_page;  // served on that page only
    PollSummary poll;
  };
  std::vector<Entry> entries;
  std::shared_ptr<const Site> site = std::make_shared<const Site>();
  // By source; only sources that SetOutage() was called for.
  std::map<std::string, Reach, std::less<>> reach;
};

// Keeps the latest values of the collectors and returns snapshots of them. Used
// on the main thread, except Current.
class Store {
 public:
  // Values are served for three intervals of their collector, but at least for
  // kMinLifetime.
  static constexpr Duration kMinLifetime = std::chrono::minutes(1);
  static constexpr Duration kOutageGrace = std::chrono::minutes(1);

  // Adds a collector. The reference is valid until Remove().
  CollectorState& Add(std::string name, std::string source, Duration interval);

  // Removes a collector; the next snapshot has none of its families.
  void Remove(const CollectorState& collector);

  // Puts the collectors in the order of `names`; others come last.
  void Arrange(const std::vector<std::string>& names);

  // Marks a source as down since `since`; after kOutageGrace its values are no
  // longer served. nullopt ends the outage.
  void SetOutage(const std::string& source,
                 std::optional<Clock::time_point> since);

  // Forgets whether a source is up, because it is another one or none now.
  void Forget(const std::string& source);

  // Sets the site of the snapshots published from now on.
  void SetSite(Site site);

  // Replaces the snapshot with one of the current values. `exporter` holds the
  // exporter's own families.
  void Publish(Clock::time_point now, std::vector<Block> exporter);

  // The latest snapshot; never null. Thread-safe.
  std::shared_ptr<const Snapshot> Current() const;

  const std::list<CollectorState>& collectors() const { return collectors_; }

 private:
  bool IsCurrent(const CollectorState& collector, const Part& part,
                 Clock::time_point now) const;

  std::list<CollectorState> collectors_;
  std::map<std::string, Clock::time_point> outages_;
  std::map<std::string, Reach, std::less<>> reach_;
  std::shared_ptr<const Site> site_ = std::make_shared<const Site>();
  // std::atomic<std::shared_ptr> of libstdc++ 12 is a data race to TSan.
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> current_ = std::make_shared<Snapshot>();
};

}  // namespace ipfs_peer_exporter
