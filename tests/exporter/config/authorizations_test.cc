#include "exporter/config/authorizations.h"

#include <doctest/doctest.h>

#include <set>

#include "adapters/json.h"

namespace ipfs_peer_exporter {
namespace {

std::set<std::string> AllowedPaths(const IpfsOptions& options) {
  auto text = PrintAuthorizations(options, kPlaceholderSecret);
  REQUIRE(text.has_value());
  const auto json = ParseJson(*text);
  REQUIRE(json.has_value());
  CHECK(Text(Member(*json, "AuthSecret")) == "bearer:REPLACE-WITH-A-SECRET");
  std::set<std::string> paths;
  for (const auto& path : Member(*json, "AllowedPaths").GetArray()) {
    CHECK(paths.insert(std::string(Text(path))).second);
  }
  return paths;
}

TEST_CASE("authorizations: only the calls of the enabled collectors") {
  IpfsOptions options;
  const std::set<std::string> expected{
      "/api/v0/commands", "/api/v0/diag/healthy", "/api/v0/version"};
  options.collectors.push_back({&ipfs::Health(), {}});
  CHECK(AllowedPaths(options) == expected);

  options.collectors.push_back({&ipfs::bandwidth_protocols_collector, {}});
  auto more = expected;
  more.insert("/api/v0/stats/bw");
  CHECK(AllowedPaths(options) == more);
}

TEST_CASE("authorizations: calls that need no authorization are left out") {
  IpfsOptions options;
  options.collectors.push_back({&ipfs::native_collector, {}});
  CHECK(AllowedPaths(options).empty());
}

TEST_CASE("authorizations: no path allows a call that writes or walks") {
  IpfsOptions options;
  for (const auto* collector : ipfs::Collectors()) {
    options.collectors.push_back({collector, {}});
  }
  for (const auto& path : AllowedPaths(options)) {
    CAPTURE(path);
    // A path allows all that begin with it.
    for (const std::string refused :
         {"/api/v0/repo/gc", "/api/v0/config", "/api/v0/shutdown",
          "/api/v0/key/export", "/api/v0/key/gen", "/api/v0/pin/add",
          "/api/v0/pin/remote/add", "/api/v0/pin/remote/service/rm",
          "/api/v0/p2p/forward", "/api/v0/p2p/stream/close",
          "/api/v0/provide/clear", "/api/v0/swarm/connect",
          "/api/v0/files/write", "/api/v0/diag/cmds",
          "/api/v0/swarm/peering/add", "/api/v0/pubsub/pub"}) {
      CHECK_FALSE(refused.starts_with(path));
    }
  }
}

// The secret in the printed entry.
std::string Printed(const std::string& secret) {
  auto text = PrintAuthorizations({}, secret);
  if (!text) return "error: " + text.error().message;
  const auto json = ParseJson(*text);
  REQUIRE(json.has_value());
  return std::string(Text(Member(*json, "AuthSecret")));
}

TEST_CASE("authorizations: a secret is printed in the daemon's form") {
  for (const Credentials& credentials :
       {Credentials{"token", ""}, Credentials{"a\"b\\c'd", ""},
        Credentials{"", "user:pass:word"}, Credentials{"", ":"}}) {
    const auto secret = AuthSecret(credentials);
    CAPTURE(secret);
    CHECK(Printed(secret) == secret);
  }
  CHECK(AuthSecret({"token", ""}) == "bearer:token");
  CHECK(AuthSecret({"", "user:pass"}) == "basic:user:pass");
  CHECK(Printed("bearer:\xff") == "error: the secret is not UTF-8");
}

}  // namespace
}  // namespace ipfs_peer_exporter
