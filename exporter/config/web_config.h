#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/result.h"
#include "exporter/base/units.h"

// The file of --web.config.file, in the format of Prometheus' exporters
// (exporter-toolkit). Plain data; copies may be used on any thread.
namespace ipfs_peer_exporter {

// What the server asks of a client's certificate.
enum class ClientAuth {
  kNone,             // not asked for
  kRequest,          // asked for, may be missing, not verified
  kRequireAny,       // must be sent, not verified
  kVerifyIfGiven,    // may be missing, verified if it is sent
  kRequireAndVerify  // must be sent, verified
};

struct TlsConfig {
  // PEM texts, not paths. `client_ca` is empty if there is none; it is never
  // empty where certificates are verified.
  std::string cert;
  std::string key;
  std::string client_ca;
  ClientAuth client_auth = ClientAuth::kNone;
  // A client's certificate must have one of these as subject alternative name
  // (DNS, IP address, e-mail or URI). Empty: any name.
  std::vector<std::string> allowed_sans;
  std::string priority;  // for gnutls_priority_init; never empty

  bool operator==(const TlsConfig&) const = default;
};

// A token bucket: one token is added each `interval` until there are `burst`.
struct RateLimit {
  Duration interval;
  unsigned burst;

  bool operator==(const RateLimit&) const = default;
};

struct WebConfig {
  std::optional<TlsConfig> tls;              // nullopt: HTTP without TLS
  std::map<std::string, std::string> users;  // name → bcrypt hash
  std::vector<std::pair<std::string, std::string>> headers;  // of each response
  std::optional<RateLimit> rate_limit;
  std::vector<std::string> notes;  // sentences to log at info; no secrets
  // The paths that were read: the file itself, certificates, key, CA. Absolute,
  // or relative to the working directory.
  std::vector<std::string> files;
};

// Reads the file and the files that it names, whose relative paths start at the
// file's folder. Unknown and unsupported keys and values are errors, which name
// file, line and column and never repeat a secret.
Result<WebConfig> ReadWebConfig(const std::string& path);

}  // namespace ipfs_peer_exporter
