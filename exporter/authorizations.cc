#include "exporter/authorizations.h"

#include <set>

namespace ipfs_peer_exporter {

std::string PrintAuthorizations(const IpfsOptions& options) {
  std::set<std::string> paths;
  for (const auto& collector : options.collectors) {
    for (const auto& request :
         collector.collector->requests(options.settings)) {
      // What is not below /api/v0 the daemon shows to everybody.
      if (request.target.starts_with('/')) continue;
      paths.insert("/api/v0/" + std::string(request.command()));
    }
  }
  std::string text =
      "{\n  \"ipfs_peer_exporter\": {\n"
      "    \"AuthSecret\": \"bearer:PUT-A-SECRET-HERE\",\n"
      "    \"AllowedPaths\": [";
  const char* before = "\n";
  for (const auto& path : paths) {
    text += before + ("      \"" + path + "\"");
    before = ",\n";
  }
  return text + "\n    ]\n  }\n}\n";
}

}  // namespace ipfs_peer_exporter
