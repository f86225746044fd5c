#pragma once

#include <string>
#include <variant>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/options.h"

namespace ipfs_peer_exporter {

// What --help says before and after the flags.
inline constexpr const char* kAbout =
    "Polls an IPFS daemon's RPC API and the stats socket of the peer beside "
    "it, and serves the values as Prometheus metrics.";
inline constexpr const char* kFooter =
    "--no-collector.NAME turns a collector off.\n"
    "Every flag with a dot in its name is also an environment variable: "
    "--ipfs.api is IPFS_PEER_EXPORTER_IPFS_API; repeated values are separated "
    "by spaces.\n"
    "Durations are written as 200ms, 10s, 1m30s or 2h, sizes as 4096, 64KiB or "
    "1MiB.";

// Output and exit code of a program that exits at once.
struct Exit {
  int code;
  std::string text;          // for stdout when the code is 0, else for stderr
  std::string warning = {};  // for stderr
};

// Reads the command line, environment variables and the configuration file.
// Returns an Exit with code 2 and one line of text for an invalid setting.
std::variant<Options, Exit> ParseOptions(int argc, const char* const* argv);

// The options as a start would read them now. Command line and environment
// still override the configuration file.
struct Reread {
  Result<Options> options;           // the error is one line
  std::vector<ReadFile> files = {};  // as Options::files, also after an error
};
Reread ReadAgain(const Options& options);

}  // namespace ipfs_peer_exporter
