#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked System(const std::string& body) {
  return Ask(system_collector, "diag/sys", Answer{200, body});
}

TEST_CASE("system: a reply without runtime is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", R"({"runtime":null})", R"({"runtime":[1]})",
        R"({"memory":{"virt":1}})"}) {
    CAPTURE(body);
    CHECK(System(body).verdict == "schema");
  }
  CHECK(System("<html>").verdict == "parse");
}

TEST_CASE("system: unknown values are absent") {
  const std::string bodies[] = {
      R"({"runtime":{}})",
      R"({"runtime":{"numgoroutines":null},"memory":null,"diskinfo":[]})",
      R"({"runtime":{"numgoroutines":-1},"memory":{"virt":"much"}})",
      R"({"runtime":{},"diskinfo":{"error":"no statfs"}})",
  };
  for (const auto& body : bodies) {
    CAPTURE(body);
    CHECK(System(body).verdict == "ok");
    CHECK(System(body).lines == "");
  }
  CHECK(System(R"({"runtime":{"numgoroutines":"3"},"memory":{"swap":1000}})")
            .lines ==
        "ipfs_daemon_goroutines 3\nipfs_daemon_swap_bytes 1024\n");
}

TEST_CASE("system: recorded daemons, including offline ones") {
  CHECK(Ask(system_collector, "diag/sys", Recorded("v0.8.0/online")).lines ==
        "ipfs_daemon_goroutines 286\n"
        "ipfs_daemon_virtual_memory_bytes 1297584128\n"
        "ipfs_daemon_swap_bytes 0\n"
        "ipfs_repo_volume_available_bytes 50524131328\n"
        "ipfs_repo_volume_free_bytes 223284011008\n");
  CHECK(Ask(system_collector, "diag/sys", Recorded("v0.42.0/offline")).lines ==
        "ipfs_daemon_goroutines 28\n"
        "ipfs_daemon_virtual_memory_bytes 1981702144\n"
        "ipfs_daemon_swap_bytes 0\n"
        "ipfs_repo_volume_available_bytes 50606104576\n"
        "ipfs_repo_volume_free_bytes 223365984256\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
