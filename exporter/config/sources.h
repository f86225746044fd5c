#pragma once

#include <map>
#include <string>
#include <vector>

#include "adapters/result.h"
#include "exporter/config/flag.h"

// Where settings come from: the command line wins over environment variables,
// which win over the configuration file.
namespace ipfs_peer_exporter {

// What one source gave a flag.
struct Given {
  Texts texts;
  // For errors: "--ipfs.timeout", "IPFS_PEER_EXPORTER_IPFS_TIMEOUT",
  // "--ipfs.timeout: FILE:3:1".
  std::string where;
};
using Settings = std::map<std::string, Given, std::less<>>;  // by flag

// The row of that name; null if there is none.
const Flag* FindFlag(const std::vector<Flag>& flags, std::string_view name);

// --ipfs.api is IPFS_PEER_EXPORTER_IPFS_API. Empty variables count as unset,
// unknown ones are ignored: Kubernetes sets some for a service of our name.
Settings FromEnvironment(const std::vector<Flag>& flags);

// The configuration file at `path`.
Result<Settings> FromFile(const std::vector<Flag>& flags,
                          const std::string& path);

// Adds what a weaker source gives, unless the setting is there already. A
// collector's flag and the flag that turns it off are one setting.
void Merge(Settings& settings, const Settings& weaker);

// Sets the targets of all flags in the order of the table. The error begins
// with where the value came from.
Status Apply(const std::vector<Flag>& flags, const Settings& settings);

}  // namespace ipfs_peer_exporter
