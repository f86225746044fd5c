#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "adapters/result.h"
#include "exporter/base/file_identity.h"
#include "exporter/config/web_config.h"
#include "exporter/store/web_config_status.h"

namespace ipfs_peer_exporter {

// The file of --web.config.file while the server runs: notices changes of it
// and of the files that it names, also if they are links that are swapped, as
// in a volume of Kubernetes. A new configuration that is not valid changes
// nothing; it is logged once. Used on one thread at a time.
class WebConfigFile {
 public:
  using Set = std::function<void(const WebConfig&)>;
  using Renew = std::function<Status(const TlsConfig&)>;

  // Reads the file and logs its notes. `status` must outlive the object.
  static Result<WebConfigFile> Open(std::string path, WebConfigStatus& status);

  const WebConfig& config() const { return config_; }

  // Reads again if a file changed. If the configuration did too, it calls
  // `renew` if it has other TLS settings, then `set`, which cannot fail; an
  // Error of `renew` makes the configuration invalid. Without `renew`, a
  // configuration with other TLS settings waits for the next call with it.
  // Costs a stat(2) for each file if nothing changed.
  void Refresh(const Set& set, const Renew& renew = nullptr);

 private:
  using Identities = std::vector<std::optional<FileIdentity>>;

  WebConfigFile(std::string path, WebConfigStatus& status);

  static Identities Identify(const std::vector<std::string>& files);
  static bool IsRecent(const Identities& identities);
  Result<WebConfig> Read();
  Result<WebConfig> ReadAgain();
  void Take(const WebConfig& config);
  void Fail(const Error& error);

  std::string path_;
  WebConfigStatus* status_;
  WebConfig config_;                // in force
  std::vector<std::string> files_;  // of the last reading, good or not
  Identities seen_;                 // of `files_`; empty: read again
  std::string failure_;             // of the last reading; empty: none
  bool waits_ = false;              // for a call with `renew`
};

}  // namespace ipfs_peer_exporter
