#include "exporter/authorizations.h"

#include <doctest/doctest.h>

#include <set>

#include "adapters/json.h"

namespace ipfs_peer_exporter {
namespace {

std::set<std::string> AllowedPaths(const IpfsOptions& options) {
  std::string text = PrintAuthorizations(options);
  const auto json = ParseJson(text);
  REQUIRE(json.has_value());
  const auto& user = Member(*json, "ipfs_peer_exporter");
  CHECK(Text(Member(user, "AuthSecret")).starts_with("bearer:"));
  std::set<std::string> paths;
  for (const auto& path : Member(user, "AllowedPaths").GetArray()) {
    CHECK(paths.insert(std::string(Text(path))).second);
  }
  return paths;
}

TEST_CASE("authorizations: the calls of the collectors that are on, no other") {
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

TEST_CASE("authorizations: what needs none is not among them") {
  IpfsOptions options;
  options.collectors.push_back({&ipfs::native_collector, {}});
  CHECK(AllowedPaths(options).empty());
}

TEST_CASE("authorizations: nothing that writes or walks is ever allowed") {
  IpfsOptions options;
  for (const auto* collector : ipfs::Collectors()) {
    options.collectors.push_back({collector, {}});
  }
  for (const auto& path : AllowedPaths(options)) {
    CAPTURE(path);
    // A path allows all that begin with it.
    for (const std::string refused :
         {"/api/v0/repo/gc", "/api/v0/config", "/api/v0/shutdown",
          "/api/v0/key/export", "/api/v0/pin/add", "/api/v0/provide/clear",
          "/api/v0/swarm/connect", "/api/v0/files/write", "/api/v0/diag/cmds",
          "/api/v0/swarm/peering/add", "/api/v0/pubsub/pub"}) {
      CHECK_FALSE(refused.starts_with(path));
    }
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
