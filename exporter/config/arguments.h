#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// The command line, with flags written as `--flag=` kept apart: CLI11 would
// take the next argument as the value of such a flag.
struct Arguments {
  std::vector<std::string> rest;   // without the program's name
  std::vector<std::string> empty;  // flags written as `--flag=`
};

enum class FlagKind { kUnknown, kWithoutValue, kWithValue };

// Splits the command line. Returns an error if a flag that needs a value is
// followed by another flag.
Result<Arguments> SplitArguments(
    int argc, const char* const* argv,
    const std::function<FlagKind(const std::string& flag)>& kind_of);

}  // namespace ipfs_peer_exporter
