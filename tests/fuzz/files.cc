// Fuzzes files written by an operator: configuration and credentials.
#include <set>

#include "exporter/config/config_file.h"
#include "exporter/net/auth_file.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/property.h"

namespace ipfs_peer_exporter {
namespace {

void Config(const std::string& path) {
  const auto entries = ReadConfigFile(path);
  if (!entries) {
    Require(entries.error().message.starts_with(path),
            "an error names its file");
    return;
  }
  std::set<std::string> keys;
  for (const auto& entry : *entries) {
    Require(keys.insert(entry.key).second, "a key is unique");
    Require(entry.where.starts_with(path + ":"), "an entry has a line");
  }
}

void Auth(const std::string& path) {
  const auto credentials = ReadAuthFile(path);
  if (!credentials) return;
  const auto& [bearer, user_password] = *credentials;
  Require(bearer.empty() != user_password.empty(), "one of them is set");
  for (const char c : bearer + user_password) {
    Require(static_cast<unsigned char>(c) >= ' ', "a header stays one line");
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace ipfs_peer_exporter;
  const MemoryFile file(AsText(data, size));
  Config(file.path());
  Auth(file.path());
  return 0;
}
