#pragma once

#include <string>
#include <variant>

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

}  // namespace ipfs_peer_exporter
