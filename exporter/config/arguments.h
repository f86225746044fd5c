#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapters/result.h"

namespace ipfs_peer_exporter {

// The command line without what CLI11 misreads: it takes the argument after
// `--flag=` as the value.
struct Arguments {
  std::vector<std::string> rest;   // without the name of the program
  std::vector<std::string> empty;  // flags written as `--flag=`
};

enum class FlagKind { kUnknown, kWithoutValue, kWithValue };

// An error if another flag follows where a flag needs its value.
Result<Arguments> SplitArguments(
    int argc, const char* const* argv,
    const std::function<FlagKind(const std::string& flag)>& kind_of);

}  // namespace ipfs_peer_exporter
