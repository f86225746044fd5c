#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/flag.h"
#include "exporter/config/given.h"

// Sources of settings: the command line overrides environment variables, which
// override the configuration file.
namespace ipfs_peer_exporter {

// The row of that name; null if there is none.
const Flag* FindFlag(const std::vector<Flag>& flags, std::string_view name);

// Reads environment variables: IPFS_PEER_EXPORTER_IPFS_API sets --ipfs.api.
// Empty variables count as unset. Unknown ones are ignored, because Kubernetes
// sets some for a service with the exporter's name.
Settings FromEnvironment(const std::vector<Flag>& flags);

// Reads the configuration file at `path`.
Result<Settings> FromFile(const std::vector<Flag>& flags,
                          const std::string& path);

// Adds the settings of a source of lower priority that `settings` lacks. A
// collector's flag and the flag that turns it off are one setting.
void Merge(Settings& settings, const Settings& weaker);

// Sets the targets of all flags in the order of the table. The error begins
// with the source of the value.
Status Apply(const std::vector<Flag>& flags, const Settings& settings);

}  // namespace ipfs_peer_exporter
