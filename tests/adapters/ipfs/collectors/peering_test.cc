#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

// Connected to QmA and QmB.
DaemonState Connected() {
  DaemonState daemon;
  Ask(swarm_collector, "swarm/peers",
      {200, R"({"Peers":[{"Peer":"QmB"},{"Peer":"QmA"},{"Peer":"QmB"}]})"},
      daemon);
  return daemon;
}

Asked Peering(const std::string& body, DaemonState daemon) {
  return Ask(peering_collector, "swarm/peering/ls", {200, body}, daemon);
}

std::string States(int connected, int disconnected) {
  return "ipfs_peering_peers{state=\"connected\"} " +
         std::to_string(connected) +
         "\nipfs_peering_peers{state=\"disconnected\"} " +
         std::to_string(disconnected) + "\n";
}

TEST_CASE("peering: a reply without a list of Peers is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", "7", R"({"peers":[]})", R"({"Peers":5})",
        R"({"Peers":{"ID":"QmA"}})"}) {
    CAPTURE(body);
    CHECK(Peering(body, Connected()).verdict == "schema");
  }
  CHECK(Peering("<html>", Connected()).verdict == "parse");
}

TEST_CASE("peering: not called without a list of connected peers") {
  const auto has_input = peering_collector.has_input;
  CHECK_FALSE(has_input({}));
  auto daemon = Connected();
  CHECK(has_input(daemon));
  daemon.now += std::chrono::minutes(10);
  CHECK(has_input(daemon));
  daemon.now += std::chrono::seconds(1);
  CHECK_FALSE(has_input(daemon));
  // The list is current as long as the series of ipfs.swarm.
  daemon.lasts = std::chrono::hours(1);
  CHECK(has_input(daemon));
}

TEST_CASE("peering: a list that is too old at the reply is a failure") {
  const std::string body = R"({"Peers":[{"ID":"QmA"}]})";
  CHECK(Peering(body, {}).verdict == "timeout");
  auto daemon = Connected();
  daemon.now += std::chrono::minutes(10);
  CHECK(Peering(body, daemon).lines == States(1, 0));
  daemon.now += std::chrono::seconds(1);
  CHECK(Peering(body, daemon).verdict == "timeout");
}

TEST_CASE("peering: no peers, as an empty list and as null") {
  for (const std::string body : {R"({"Peers":[]})", R"({"Peers":null})"}) {
    CAPTURE(body);
    CHECK(Peering(body, Connected()).lines == States(0, 0));
  }
}

TEST_CASE("peering: connected and disconnected peers") {
  struct Row {
    std::string peers;
    int connected;
    int disconnected;
  };
  const Row rows[] = {
      {R"({"ID":"QmA","Addrs":["/ip4/192.0.2.1/tcp/4001"]})", 1, 0},
      {R"({"ID":"QmC","Addrs":null})", 0, 1},
      {R"({"ID":"QmA"},{"ID":"QmB"},{"ID":"QmC"},{"ID":"QmD"})", 2, 2},
      {R"({"ID":"QmAB"},{"ID":"Qm"},{"ID":"qma"})", 0, 3},
      {R"({},{"ID":null},{"ID":7},null,"QmA")", 0, 5},
  };
  for (const auto& row : rows) {
    CAPTURE(row.peers);
    CHECK(Peering(R"({"Peers":[)" + row.peers + "]}", Connected()).lines ==
          States(row.connected, row.disconnected));
  }
}

TEST_CASE("peering: the last list of ipfs.swarm is used") {
  auto daemon = Connected();
  Ask(swarm_collector, "swarm/peers", {200, R"({"Peers":null})"}, daemon);
  CHECK(Peering(R"({"Peers":[{"ID":"QmA"}]})", daemon).lines == States(0, 1));
}

TEST_CASE("peering: recorded daemons") {
  struct Row {
    std::string daemon;
    std::string verdict;
    std::string lines;
  };
  const Row rows[] = {
      {"v0.8.0/online", "unsupported", ""},
      {"v0.14.0/offline", "unsupported", ""},  // an empty answer: it panicked
      {"v0.42.0/offline", "unsupported", ""},
      {"v0.12.2/online", "ok", States(1, 0)},
      {"v0.42.0/online", "ok", States(1, 0)},
      {"v0.42.0/minimal", "ok", States(0, 0)},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const Recorded recorded(row.daemon);
    DaemonState daemon;
    const auto swarm = swarm_collector.requests({}).front().target;
    Ask(swarm_collector, "swarm/peers", recorded.Find("/api/v0/" + swarm),
        daemon);
    const auto asked = Ask(peering_collector, "swarm/peering/ls",
                           recorded.Find("/api/v0/swarm/peering/ls"), daemon);
    CHECK(asked.verdict == row.verdict);
    CHECK(asked.lines == row.lines);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
