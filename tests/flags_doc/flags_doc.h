#pragma once

#include <span>
#include <string>

#include "exporter/config/flag.h"

// The texts that are generated from the table of flags.
namespace ipfs_peer_exporter {

using FlagTable = std::span<const Flag>;

std::string Man(FlagTable flags);
std::string Bash(FlagTable flags);
std::string Zsh(FlagTable flags);
std::string Fish(FlagTable flags);

}  // namespace ipfs_peer_exporter
