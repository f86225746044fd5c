#pragma once

#include <string>
#include <string_view>

#include "adapters/ipfs/collector.h"
#include "tests/recorded.h"

namespace ipfs_peer_exporter::ipfs {

// What a collector makes of one answer.
struct Asked {
  std::string verdict;  // "ok", "unsupported" or the reason of the failure
  std::string message;  // of the failure
  std::string lines;    // the samples, as a page shows them
};

// Reads `answer` as that to the collector's request which begins with `call`
// ("version", "repo/stat").
Asked Ask(const Collector& collector, std::string_view call,
          const Answer& answer, DaemonState& daemon,
          const Settings& settings = {});
Asked Ask(const Collector& collector, std::string_view call,
          const Answer& answer);

// The same with what was recorded for that request.
Asked Ask(const Collector& collector, std::string_view call,
          const Recorded& daemon);

// The verdict for an error of the daemon with this message.
std::string AskError(const Collector& collector, std::string_view call,
                     const std::string& message);

// The lines of the families whose name begins with `name`.
std::string Of(const std::string& lines, std::string_view name);

}  // namespace ipfs_peer_exporter::ipfs
