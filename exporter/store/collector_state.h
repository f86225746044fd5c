#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/result.h"
#include "exporter/base/units.h"
#include "exporter/store/text_format.h"

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

}  // namespace ipfs_peer_exporter
