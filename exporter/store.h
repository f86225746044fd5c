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

#include "adapters/result.h"
#include "exporter/text_format.h"
#include "exporter/units.h"

namespace ipfs_peer_exporter {

// What one request of a collector last gave.
struct Part {
  Block block;
  Clock::time_point at;
  bool lasting = false;  // true: neither age nor an outage withdraws it
  Block on_page = {};    // what stands on the collector's own page alone
};

// What a poll dropped for one reason, and the first names of it, as the
// neighbour wrote them.
struct Skip {
  SkipReason reason;
  std::uint64_t count = 0;
  std::vector<std::string> names;

  std::string Names() const;  // "a, b", and an ellipsis if there may be more
  std::string Text() const;   // "3 values skipped: type (a, b)"
};
using Skips = std::vector<Skip>;

// One collector: what it gave and how its polls went. Written by its poller, on
// the main thread.
struct CollectorState {
  std::string name;               // "ipfs.swarm", "peer.stats"
  std::string source;             // "ipfs", "peer"
  std::string page;               // of its own, of what it relays
  Duration interval;              // the effective one
  std::optional<bool> supported;  // unknown before the first poll
  std::optional<bool> success;    // unknown, too, while unsupported
  Duration last_duration{};
  Duration total_duration{};
  double last_success = 0;         // seconds since 1970; 0: never
  double last_ended = 0;           // the same, of any poll
  std::string last_error;          // for a person; empty: never
  std::vector<std::string> notes;  // on the last poll, for --once
  std::uint64_t polls = 0;
  std::map<Reason, std::uint64_t> errors;
  std::map<SkipReason, std::uint64_t> skipped;
  std::shared_ptr<const Skips> skips;  // of the last poll; may be null
  std::vector<Part> parts;
  Block self_metrics;  // of all this; null: to be rendered anew
};

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
