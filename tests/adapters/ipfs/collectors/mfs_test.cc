#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Mfs(const Answer& answer) {
  return Ask(mfs_collector, "files/stat", answer);
}

TEST_CASE("mfs: a reply without CumulativeSize is rejected") {
  for (const std::string body :
       {"{}", "null", "[1]", R"({"Blocks":2})", R"({"CumulativeSize":null})",
        R"({"CumulativeSize":-1,"Blocks":2})", R"({"CumulativeSize":"big"})"}) {
    CAPTURE(body);
    CHECK(Mfs({200, body}).verdict == "schema");
  }
  CHECK(Mfs({200, "<html>"}).verdict == "parse");
  CHECK(Mfs({500, R"({"Message":"context deadline exceeded","Code":0,)"
                  R"("Type":"error"})"})
            .verdict == "http_status");
}

TEST_CASE("mfs: recorded daemons, including offline ones") {
  for (const std::string daemon : {"v0.8.0/online", "v0.42.0/online"}) {
    CAPTURE(daemon);
    CHECK(Ask(mfs_collector, "files/stat", Recorded(daemon)).lines ==
          "ipfs_mfs_size_bytes 1199363\nipfs_mfs_root_links 2\n");
  }
  CHECK(Ask(mfs_collector, "files/stat", Recorded("v0.44.0-dev/offline"))
            .verdict == "ok");
}

TEST_CASE("mfs: links that are unknown are absent") {
  for (const std::string blocks : {"null", "-1", "\"many\"", "[]"}) {
    CAPTURE(blocks);
    CHECK(
        Mfs({200, R"({"CumulativeSize":"4","Blocks":)" + blocks + "}"}).lines ==
        "ipfs_mfs_size_bytes 4\n");
  }
  CHECK(Mfs({200, R"({"CumulativeSize":4})"}).lines ==
        "ipfs_mfs_size_bytes 4\n");
}

TEST_CASE("mfs: it is on from the version on that does not hang") {
  CHECK(mfs_collector.on_by_default);
  CHECK(mfs_collector.on_from == "0.43");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
