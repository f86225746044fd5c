#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Reachability(const std::string& body) {
  return Ask(reachability_collector, "swarm/addrs/autonat", Answer{200, body});
}

std::string Lines(int is_public, int is_private, int is_unknown) {
  return "ipfs_reachability{state=\"public\"} " + std::to_string(is_public) +
         "\nipfs_reachability{state=\"private\"} " +
         std::to_string(is_private) +
         "\nipfs_reachability{state=\"unknown\"} " +
         std::to_string(is_unknown) + "\n";
}

std::string Addresses(int reachable, int unreachable, int unknown) {
  return "ipfs_reachability_addresses{state=\"reachable\"} " +
         std::to_string(reachable) +
         "\nipfs_reachability_addresses{state=\"unreachable\"} " +
         std::to_string(unreachable) +
         "\nipfs_reachability_addresses{state=\"unknown\"} " +
         std::to_string(unknown) + "\n";
}

TEST_CASE("reachability: a reply without reachability is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", R"({"reachability":""})", R"({"reachability":1})",
        R"({"Reachability":"Public"})", R"({"Addrs":null})",
        R"({"reachable":["/ip4/192.0.2.1"]})"}) {
    CAPTURE(body);
    CHECK(Reachability(body).verdict == "schema");
  }
  CHECK(Reachability("<html>").verdict == "parse");
}

TEST_CASE("reachability: unsupported by old and offline daemons") {
  // Before 0.40 it is swarm/addrs that answers.
  for (const std::string daemon :
       {"v0.8.0/online", "v0.39.0/online", "v0.8.0/minimal", "v0.8.0/offline",
        "v0.42.0/offline"}) {
    CAPTURE(daemon);
    CHECK(Ask(reachability_collector, "swarm/addrs/autonat", Recorded(daemon))
              .verdict == "unsupported");
  }
  CHECK(Reachability(R"({"Addrs":{}})").verdict == "unsupported");
}

TEST_CASE("reachability: recorded daemons with state unknown") {
  for (const std::string daemon : {"v0.40.1/online", "v0.44.0-dev/online"}) {
    CAPTURE(daemon);
    CHECK(Ask(reachability_collector, "swarm/addrs/autonat", Recorded(daemon))
              .lines == Lines(0, 0, 1) + Addresses(0, 0, 0));
  }
}

TEST_CASE("reachability: one state is 1") {
  struct Row {
    std::string word;
    std::string lines;
  };
  const Row rows[] = {
      {"Public", Lines(1, 0, 0)},
      {"Private", Lines(0, 1, 0)},
      {"Unknown", Lines(0, 0, 1)},
      {"public", Lines(0, 0, 0)},  // not a word of the daemon
      {"Elsewhere", Lines(0, 0, 0)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.word);
    CHECK(Reachability(R"({"reachability":")" + row.word + "\"}").lines ==
          row.lines + Addresses(0, 0, 0));
  }
}

TEST_CASE("reachability: addresses by reachability") {
  CHECK(Reachability(R"({"reachability":"Public","reachable":["/a","/b"],)"
                     R"("unreachable":["/c"],"unknown":["/d","/e","/f"]})")
            .lines == Lines(1, 0, 0) + Addresses(2, 1, 3));
  CHECK(Reachability(R"({"reachability":"Public","reachable":null,)"
                     R"("unreachable":"/c","unknown":[]})")
            .lines == Lines(1, 0, 0) + Addresses(0, 0, 0));
}

TEST_CASE("reachability: the type of NAT, absent if not reported") {
  struct Row {
    std::string nat;
    std::string lines;
  };
  const Row rows[] = {
      {R"("cgnat")", "ipfs_reachability_nat{type=\"cgnat\"} 1\n"},
      {R"("double-nat")", "ipfs_reachability_nat{type=\"double-nat\"} 1\n"},
      {R"("")", ""},
      {R"("triple-nat")", ""},
      {"null", ""},
      {"true", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.nat);
    CHECK(Of(Reachability(R"({"reachability":"Private","nat":)" + row.nat + "}")
                 .lines,
             "ipfs_reachability_nat") == row.lines);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
