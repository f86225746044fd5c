#pragma once

#include <string>
#include <variant>

#include "exporter/config/options.h"

namespace ipfs_peer_exporter {

// What the command line asks for: to run, or to print something and exit.
struct Exit {
  int code;
  std::string text;          // for stdout when the code is 0, else for stderr
  std::string warning = {};  // for stderr
};

// Reads flags and environment variables (--ipfs.api is
// IPFS_PEER_EXPORTER_IPFS_API).
std::variant<Options, Exit> ParseOptions(int argc, const char* const* argv);

}  // namespace ipfs_peer_exporter
