#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// The command line, less what CLI11 would misread: for the value of `--flag=`
// it takes the argument that follows.
struct Arguments {
  std::vector<std::string> rest;   // without the name of the program
  std::vector<std::string> empty;  // the flags that were written `--flag=`
};

enum class FlagKind { kUnknown, kWithoutValue, kWithValue };

// An error if a flag without its value stands before another flag.
Result<Arguments> SplitArguments(
    int argc, const char* const* argv,
    const std::function<FlagKind(const std::string& flag)>& kind_of);

}  // namespace ipfs_peer_exporter
