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

// The values of one request of a collector, from its last success.
struct Part {
  Block block;
  Clock::time_point at;  // time of that success
  bool lasting = false;  // kept regardless of age and outages
  Block on_page = {};    // served on the collector's own page only; may be null
};

// The values that a poll dropped for one reason, with the first few names as
// the peer or daemon sent them.
struct Skip {
  SkipReason reason;
  std::uint64_t count = 0;
  std::vector<std::string> names;

  std::string Names()
      const;                 // "a, b"; ends in an ellipsis if names are missing
  std::string Text() const;  // "3 values skipped: type (a, b)"
};
using Skips = std::vector<Skip>;

// The values of one collector and the outcome of its polls. Its poller writes
// it, on the main thread.
struct CollectorState {
  std::string name;    // "ipfs.swarm", "peer.stats"
  std::string source;  // "ipfs", "peer"
  std::string page;    // its own page, for relayed values; may be empty
  Duration interval;   // between polls, lengthened while polls are slow
  std::optional<bool> supported;  // unknown before the first poll
  std::optional<bool> success;    // unknown while unsupported as well
  Duration last_duration{};
  Duration total_duration{};
  double last_success = 0;  // seconds since 1970; 0: never
  double last_ended = 0;    // end of the last poll; seconds since 1970
  std::string last_error;   // "reason: message"; empty: no error so far
  std::optional<Reason> last_reason;  // of last_error
  double last_error_at = 0;           // seconds since 1970; 0: never
  double changed = 0;  // when supported or success last changed; 0: never
  std::vector<std::string> notes;  // on the last poll, for --once
  std::uint64_t polls = 0;
  std::map<Reason, std::uint64_t> errors;
  std::map<SkipReason, std::uint64_t> skipped;
  std::shared_ptr<const Skips> skips;  // of the last poll; may be null
  std::vector<Part> parts;
  Block self_metrics;  // rendered from the members above; null: stale
};

}  // namespace ipfs_peer_exporter
