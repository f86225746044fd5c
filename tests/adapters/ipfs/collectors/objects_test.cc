#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("objects: a reply without NumObjects is rejected") {
  for (const std::string body :
       {"{}", "null", "7", R"({"RepoSize":1})", R"({"NumObjects":null})",
        R"({"NumObjects":-1})", R"({"NumObjects":"many"})"}) {
    CAPTURE(body);
    CHECK(Ask(objects_collector, "repo/stat", {200, body}).verdict == "schema");
  }
  CHECK(Ask(objects_collector, "repo/stat", {200, "<html>"}).verdict ==
        "parse");
}

TEST_CASE("objects: recorded daemons and js-ipfs") {
  CHECK(Ask(objects_collector, "repo/stat", Recorded("v0.8.0/online")).lines ==
        "ipfs_repo_objects 72\n");
  CHECK(Ask(objects_collector, "repo/stat", Recorded("v0.42.0/online")).lines ==
        "ipfs_repo_objects 51\n");
  CHECK(Ask(objects_collector, "repo/stat", {200, R"({"NumObjects":"36"})"})
            .lines == "ipfs_repo_objects 36\n");
}

TEST_CASE("objects: a long interval and a long timeout") {
  CHECK(objects_collector.requests({}).front().target == "repo/stat");
  CHECK_FALSE(objects_collector.on_by_default);
  CHECK(objects_collector.interval == std::chrono::minutes(15));
  CHECK(objects_collector.timeout == std::chrono::minutes(5));
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
