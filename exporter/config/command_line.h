#pragma once

#include <string>
#include <variant>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/options.h"

namespace ipfs_peer_exporter {

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
