#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/result.h"
#include "exporter/base/units.h"
#include "exporter/config/tls_config.h"

// The file of --web.config.file, in the format of Prometheus' exporters
// (exporter-toolkit). Plain data; copies may be used on any thread.
namespace ipfs_peer_exporter {

// A token bucket: one token is added each `interval` until there are `burst`.
struct RateLimit {
  Duration interval;
  unsigned burst;  // 0: every request is refused

  bool operator==(const RateLimit&) const = default;
};

struct WebConfig {
  std::optional<TlsConfig> tls;              // nullopt: HTTP without TLS
  std::map<std::string, std::string> users;  // name → bcrypt hash
  std::vector<std::pair<std::string, std::string>> headers;  // of each response
  std::optional<RateLimit> rate_limit;
  std::vector<std::string> notes;  // sentences to log at info; no secrets

  bool operator==(const WebConfig&) const = default;
};

// Reads the file and the files that it names, whose relative paths start at the
// file's folder. Unknown and unsupported keys and values are errors, which name
// file, line and column and never repeat a secret. `files`, if given, receives
// the paths of all these files, even if the result is an error.
Result<WebConfig> ReadWebConfig(const std::string& path,
                                std::vector<std::string>* files = nullptr);

}  // namespace ipfs_peer_exporter
