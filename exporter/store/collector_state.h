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

// The values of a collector's request that last succeeded.
struct Part {
  Block block;
  Clock::time_point at;
  bool lasting = false;  // true: neither age nor an outage withdraws it
  Block on_page = {};    // what is served on the collector's own page only
};

// Values that a poll dropped for one reason, with the first of their names, as
// the neighbour wrote them.
struct Skip {
  SkipReason reason;
  std::uint64_t count = 0;
  std::vector<std::string> names;

  std::string Names() const;  // "a, b"; with an ellipsis if there may be more
  std::string Text() const;   // "3 values skipped: type (a, b)"
};
using Skips = std::vector<Skip>;

// The values of one collector and the outcome of its polls. Written by its
// poller, on the main thread.
struct CollectorState {
  std::string name;               // "ipfs.swarm", "peer.stats"
  std::string source;             // "ipfs", "peer"
  std::string page;               // its own, for what it relays; may be empty
  Duration interval;              // the effective one
  std::optional<bool> supported;  // unknown before the first poll
  std::optional<bool> success;    // unknown while unsupported, too
  Duration last_duration{};
  Duration total_duration{};
  double last_success = 0;         // seconds since 1970; 0: never
  double last_ended = 0;           // end of the last poll, likewise
  std::string last_error;          // for a person; empty: none so far
  std::vector<std::string> notes;  // on the last poll, for --once
  std::uint64_t polls = 0;
  std::map<Reason, std::uint64_t> errors;
  std::map<SkipReason, std::uint64_t> skipped;
  std::shared_ptr<const Skips> skips;  // of the last poll; may be null
  std::vector<Part> parts;
  Block self_metrics;  // rendered from the above; null: out of date
};

}  // namespace ipfs_peer_exporter
