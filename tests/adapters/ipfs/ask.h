#pragma once

#include <string>
#include <string_view>

#include "adapters/ipfs/collector.h"
#include "tests/recorded.h"

namespace ipfs_peer_exporter::ipfs {

// The result of one answer, translated by a collector.
struct Asked {
  std::string verdict;  // "ok", "unsupported" or the reason of the failure
  std::string message;  // the error message of a failure
  std::string lines;    // the samples in text format
};

// Translates `answer` as the reply to the collector's request whose target
// begins with `call` ("version", "repo/stat").
Asked Ask(const Collector& collector, std::string_view call,
          const Answer& answer, DaemonState& daemon,
          const Settings& settings = {});
Asked Ask(const Collector& collector, std::string_view call,
          const Answer& answer);

// The same with the recorded answer to that request.
Asked Ask(const Collector& collector, std::string_view call,
          const Recorded& daemon);

// The verdict for a daemon's error with `message`.
std::string AskError(const Collector& collector, std::string_view call,
                     const std::string& message);

// The lines of all families whose name begins with `name`.
std::string Of(const std::string& lines, std::string_view name);

}  // namespace ipfs_peer_exporter::ipfs
