#pragma once

#include <string>
#include <string_view>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// What to do about an error with this reason of a collector of `source` (ipfs
// or peer), in one or two sentences.
std::string_view Remedy(Reason reason, std::string_view source);

// A document for operators; `file` is its path in the repository.
struct Runbook {
  std::string_view title;
  std::string_view file;
};
inline constexpr Runbook kRunbooks[] = {
    {"What each alert means and what to do", "monitoring/runbooks.md"},
    {"Flags by situation, states and reasons", "docs/operations.md"},
    {"Every family", "docs/metrics.md"},
    {"The peer's stats socket", "docs/stats-socket.md"},
};

}  // namespace ipfs_peer_exporter
