// Fuzzes the web configuration, which is written by an operator, and the
// Authorization header, which is sent by strangers.
#include "exporter/config/web_config.h"

#include <set>

#include "exporter/config/bcrypt_hash.h"
#include "exporter/config/go_duration.h"
#include "exporter/serve/basic_auth.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

void RequireLine(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    Require(byte >= ' ' && byte != 0x7F, "a text stays one line");
  }
}

void RequireConfig(const WebConfig& config) {
  for (const auto& [name, hash] : config.users) {
    RequireLine(name);
    Require(IsBcryptHash(hash) && IsBcryptCostAllowed(hash),
            "a password is a hash that can be checked in time");
  }
  std::set<std::string> names;
  for (const auto& [name, value] : config.headers) {
    RequireLine(value);
    Require(!value.empty() && names.insert(name).second,
            "a header has a value and is set once");
  }
  if (config.rate_limit) {
    Require(config.rate_limit->interval > Duration::zero(),
            "a limit has an interval");
  }
  if (config.tls) {
    Require(!config.tls->priority.empty(), "TLS has a priority");
    const bool verifies =
        config.tls->client_auth == ClientAuth::kVerifyIfGiven ||
        config.tls->client_auth == ClientAuth::kRequireAndVerify;
    Require(!verifies || !config.tls->client_ca.empty(),
            "what is verified has a CA");
  }
}

void Config(const std::string& path) {
  std::vector<std::string> files;
  const auto config = ReadWebConfig(path, &files);
  Require(!files.empty() && files.front() == path,
          "the file itself is watched");
  if (!config) {
    Require(config.error().message.starts_with(path),
            "an error names its file");
    return;
  }
  RequireConfig(*config);
}

void Header(std::string_view text) {
  constexpr std::size_t kReadByBcrypt = 72;
  const auto credentials = ParseBasicAuth(text);
  if (!credentials) return;
  const auto& [user, password] = *credentials;
  Require(user.find(':') == user.npos, "the first colon ends the user");
  Require((user + password).find('\0') == user.npos, "no text has a NUL byte");
  Require(password.size() <= kReadByBcrypt, "bcrypt reads all of a password");
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const auto text = AsText(data, size);
  const MemoryFile file(text);
  Config(file.path());
  Header(text);
  Header("Basic " + std::string(text));
  if (const auto duration = ParseGoDuration(text)) {
    Require(
        *duration >= Duration::zero() && *duration <= std::chrono::hours(24),
        "a duration is at most a day");
  }
  return 0;
}
