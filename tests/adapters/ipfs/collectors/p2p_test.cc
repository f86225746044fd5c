#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

TEST_CASE("p2p: a reply without its list is rejected") {
  for (const std::string call : {"p2p/ls", "p2p/stream/ls"}) {
    for (const std::string body :
         {"{}", "null", "[]", R"({"Listeners":1})", R"({"Streams":"none"})"}) {
      CAPTURE(call);
      CAPTURE(body);
      CHECK(Ask(p2p_collector, call, {200, body}).verdict == "schema");
    }
  }
}

TEST_CASE("p2p: how many there are") {
  struct Row {
    std::string call;
    std::string body;
    std::string lines;
  };
  const Row rows[] = {
      {"p2p/ls", R"({"Listeners":[]})", "ipfs_p2p_listeners 0\n"},
      {"p2p/ls", R"({"Listeners":null})", "ipfs_p2p_listeners 0\n"},
      {"p2p/ls", R"({"Listeners":[{"Protocol":"/x/a"},{}]})",
       "ipfs_p2p_listeners 2\n"},
      {"p2p/stream/ls", R"({"Streams":null})", "ipfs_p2p_streams 0\n"},
      {"p2p/stream/ls", R"({"Streams":[{"HandlerID":"1"}]})",
       "ipfs_p2p_streams 1\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Ask(p2p_collector, row.call, {200, row.body}).lines == row.lines);
  }
}

TEST_CASE("p2p: recorded daemons, with it and without") {
  for (const std::string version : {"v0.8.0", "v0.44.0-dev"}) {
    CAPTURE(version);
    const Recorded online(version + "/online");
    CHECK(Ask(p2p_collector, "p2p/ls", online).lines ==
          "ipfs_p2p_listeners 1\n");
    CHECK(Ask(p2p_collector, "p2p/stream/ls", online).lines ==
          "ipfs_p2p_streams 0\n");
    const Recorded without(version + "/minimal");
    for (const std::string call : {"p2p/ls", "p2p/stream/ls"}) {
      CHECK(Ask(p2p_collector, call, without).verdict == "unsupported");
    }
  }
}

TEST_CASE("p2p: two streams through one listener of a real Kubo") {
  const Recorded daemon("v0.42.0/services");
  CHECK(Ask(p2p_collector, "p2p/ls", daemon).lines == "ipfs_p2p_listeners 1\n");
  CHECK(Ask(p2p_collector, "p2p/stream/ls", daemon).lines ==
        "ipfs_p2p_streams 2\n");
}

TEST_CASE("p2p: disabled") {
  for (const std::string call : {"p2p/ls", "p2p/stream/ls"}) {
    CHECK(AskError(p2p_collector, call, "libp2p stream mounting not enabled") ==
          "unsupported");
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
