#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked VersionCheck(const std::string& body) {
  return Ask(version_check_collector, "version/check", Answer{200, body});
}

Asked Recording(const std::string& daemon) {
  return Ask(version_check_collector, "version/check", Recorded(daemon));
}

TEST_CASE("version_check: a reply without PeersSampled is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", R"({"PeersSampled":null})", R"({"Version":""})",
        R"({"PeersSampled":-1})", R"({"UpdateAvailable":true})"}) {
    CAPTURE(body);
    CHECK(VersionCheck(body).verdict == "schema");
  }
  CHECK(VersionCheck("<html>").verdict == "parse");
}

TEST_CASE("version_check: daemons without the call") {
  // Before 0.30 it is version that answers.
  for (const std::string daemon :
       {"v0.8.0/online", "v0.28.0/online", "v0.8.0/offline", "v0.32.1/offline",
        "v0.44.0-dev/offline", "v0.32.1/minimal", "v0.44.0-dev/minimal"}) {
    CAPTURE(daemon);
    CHECK(Recording(daemon).verdict == "unsupported");
  }
}

TEST_CASE("version_check: while no peer was sampled there are no series") {
  // The daemon counts itself.
  for (const std::string daemon : {"v0.32.1/online", "v0.44.0-dev/online"}) {
    CAPTURE(daemon);
    CHECK(Recording(daemon).verdict == "ok");
    CHECK(Recording(daemon).lines == "");
  }
  for (const std::string sampled : {"0", "1"}) {
    CAPTURE(sampled);
    const auto asked =
        VersionCheck(R"({"UpdateAvailable":false,"RunningVersion":"0.42.0",)"
                     R"("GreatestVersion":"0.42.0","PeersSampled":)" +
                     sampled + R"(,"WithGreaterVersion":0})");
    CHECK(asked.verdict == "ok");
    CHECK(asked.lines == "");
  }
}

TEST_CASE("version_check: versions of the sampled peers") {
  const std::string sampled = "ipfs_version_peers_sampled ";
  CHECK(VersionCheck(R"({"UpdateAvailable":true,"RunningVersion":"0.41.0",)"
                     R"("GreatestVersion":"0.42.0","PeersSampled":101,)"
                     R"("WithGreaterVersion":40})")
            .lines == "ipfs_version_update_available 1\n" + sampled +
                          "100\nipfs_version_newer_peers 40\n");
  CHECK(VersionCheck(R"({"UpdateAvailable":false,"PeersSampled":2,)"
                     R"("WithGreaterVersion":0})")
            .lines == "ipfs_version_update_available 0\n" + sampled +
                          "1\nipfs_version_newer_peers 0\n");
  CHECK(VersionCheck(R"({"UpdateAvailable":"true","PeersSampled":2,)"
                     R"("WithGreaterVersion":-1})")
            .lines == sampled + "1\n");
}

TEST_CASE("version_check: a real Kubo with two newer peers") {
  CHECK(Recording("v0.42.0/services").lines ==
        "ipfs_version_update_available 1\n"
        "ipfs_version_peers_sampled 2\n"
        "ipfs_version_newer_peers 2\n");
}

TEST_CASE("version_check: the first poll is after five minutes") {
  CHECK(version_check_collector.on_by_default);
  CHECK(version_check_collector.interval == std::chrono::hours(1));
  CHECK(version_check_collector.first_after == std::chrono::minutes(5));
}

TEST_CASE("version_check: messages about a missing DHT") {
  CHECK(AskError(version_check_collector, "version/check",
                 "could not perform version check due to missing or "
                 "incompatible DHT configuration") == "unsupported");
  CHECK(AskError(version_check_collector, "version/check",
                 "Version.SwarmCheckPercentThreshold must be between 1 and "
                 "100") == "http_status");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
