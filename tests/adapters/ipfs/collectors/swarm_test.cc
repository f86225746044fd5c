#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Swarm(const std::string& body) {
  return Ask(swarm_collector, "swarm/peers", Answer{200, body});
}

// The connections that one with these members makes.
std::string Connection(const std::string& members) {
  return Of(Swarm(R"({"Peers":[{"Peer":"Qm",)" + members + "}]}").lines,
            "ipfs_swarm_connections");
}

std::string Streams(const std::string& streams, DaemonState daemon = {}) {
  const auto asked = Ask(
      swarm_collector, "swarm/peers",
      {200, R"({"Peers":[{"Peer":"Qm","Streams":)" + streams + "}]}"}, daemon);
  CHECK(asked.verdict == "ok");
  return Of(asked.lines, "ipfs_swarm_streams");
}

TEST_CASE("swarm: a reply without a list of Peers is rejected") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"(1)", "schema"},
      {R"([])", "schema"},
      {R"([[]])", "schema"},
      {R"([[{"Peer":"Qm"}]])", "schema"},
      {R"({"peers":[]})", "schema"},
      {R"({"Strings":["/ip4/127.0.0.1"]})", "schema"},
      {R"({"Peers":5})", "schema"},
      {R"({"Peers":"none"})", "schema"},
      {R"({"Peers":{}})", "schema"},
      {R"({"Peers":{"Qm":{}}})", "schema"},
      {R"({"Peers":null,"Other":[{"Peer":"Qm"}]})", "schema"},
      {R"({"Peers":[{}]})", "schema"},
      {R"({"Peers":[null]})", "schema"},
      {R"({"Peers":["Qm"]})", "schema"},
      {R"({"Peers":[{"Peer":null}]})", "schema"},
      {R"({"Peers":[{"Peer":7}]})", "schema"},
      {R"({"Peers":[{"Peer":""}]})", "schema"},
      {R"({"Peers":[{"Peer":"Qm"},{"Addr":"/ip4/192.0.2.1"}]})", "schema"},
      {R"({"Peers":[{"Peer":"Qm"])", "parse"},
      {R"({"Peers":[{"Peer":"Qm"},]})", "parse"},
      {R"({"Peers":[{"Peer":"Qm"})", "parse"},
      {R"({"Peers":[{"Peer":Qm}]})", "parse"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Swarm(row.body).verdict == row.verdict);
  }
}

TEST_CASE("swarm: no connections, as Kubo and js-ipfs write it") {
  for (const std::string body : {R"({"Peers":null})", R"({"Peers":[]})"}) {
    CAPTURE(body);
    const auto asked = Swarm(body);
    CHECK(asked.verdict == "ok");
    CHECK(Of(asked.lines, "ipfs_swarm_peers") == "ipfs_swarm_peers 0\n");
    CHECK(Of(asked.lines, "ipfs_swarm_connections") == "");
    CHECK(Of(asked.lines, "ipfs_swarm_peer_latency_seconds_count") ==
          "ipfs_swarm_peer_latency_seconds_count 0\n");
  }
}

TEST_CASE("swarm: the connections and streams of recorded daemons") {
  struct Row {
    std::string daemon;
    std::string meshsub;
    std::string fast;  // connections with a latency of at most 1 ms
  };
  const Row rows[] = {
      {"v0.8.0/online", "/meshsub/1.1.0", "2"},
      {"v0.19.2/online", "/meshsub/1.1.0", "2"},
      {"v0.36.0/online", "/meshsub/1.2.0", "2"},
      {"v0.44.0-dev/online", "/meshsub/1.3.0", "0"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const auto lines =
        Ask(swarm_collector, "swarm/peers", Recorded(row.daemon)).lines;
    CHECK(Of(lines, "ipfs_swarm_peers") == "ipfs_swarm_peers 2\n");
    CHECK(Of(lines, "ipfs_swarm_connections") ==
          "ipfs_swarm_connections{direction=\"inbound\",transport=\"tcp\"} 1\n"
          "ipfs_swarm_connections{direction=\"outbound\",transport=\"tcp\"} "
          "1\n");
    CHECK(Of(lines, "ipfs_swarm_streams") ==
          "ipfs_swarm_streams{protocol=\"/ipfs/bitswap/1.2.0\"} 4\n"
          "ipfs_swarm_streams{protocol=\"/ipfs/lan/kad/1.0.0\"} 4\n"
          "ipfs_swarm_streams{protocol=\"/ipfs/ping/1.0.0\"} 1\n"
          "ipfs_swarm_streams{protocol=\"" +
              row.meshsub + "\"} 4\n");
    CHECK(Of(lines, "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.001\"}") ==
          "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.001\"} " + row.fast +
              "\n");
    CHECK(Of(lines, "ipfs_swarm_peer_latency_seconds_count") ==
          "ipfs_swarm_peer_latency_seconds_count 2\n");
  }
}

TEST_CASE("swarm: a daemon without streams and with latency n/a") {
  const auto lines =
      Ask(swarm_collector, "swarm/peers", Recorded("v0.42.0/minimal")).lines;
  CHECK(Of(lines, "ipfs_swarm_peers") == "ipfs_swarm_peers 1\n");
  CHECK(Of(lines, "ipfs_swarm_streams") == "");
  CHECK(Of(lines, "ipfs_swarm_peer_latency_seconds_count") ==
        "ipfs_swarm_peer_latency_seconds_count 0\n");
}

TEST_CASE("swarm: unsupported by an offline daemon") {
  for (const std::string daemon : {"v0.8.0/offline", "v0.42.0/offline"}) {
    CHECK(Ask(swarm_collector, "swarm/peers", Recorded(daemon)).verdict ==
          "unsupported");
  }
}

TEST_CASE("swarm: a peer with two connections is one peer") {
  const auto lines = Swarm(R"({"Peers":[{"Peer":"QmA"},{"Peer":"QmB"},
                               {"Peer":"QmA"}]})")
                         .lines;
  CHECK(Of(lines, "ipfs_swarm_peers") == "ipfs_swarm_peers 2\n");
  CHECK(Of(lines, "ipfs_swarm_connections") ==
        "ipfs_swarm_connections{direction=\"unknown\",transport=\"other\"} "
        "3\n");
}

TEST_CASE("swarm: directions as numbers and as words") {
  struct Row {
    std::string direction;
    std::string label;
  };
  const Row rows[] = {
      {R"(1)", "inbound"},         {R"(2)", "outbound"},
      {R"("inbound")", "inbound"}, {R"("outbound")", "outbound"},
      {R"(0)", "unknown"},         {R"(3)", "unknown"},
      {R"(-1)", "unknown"},        {R"(null)", "unknown"},
      {R"("up")", "unknown"},      {R"([1])", "unknown"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.direction);
    CHECK(Connection(R"("Addr":"/ip4/192.0.2.1/tcp/4001","Direction":)" +
                     row.direction) == "ipfs_swarm_connections{direction=\"" +
                                           row.label +
                                           "\",transport=\"tcp\"} 1\n");
  }
}

TEST_CASE("swarm: transports of addresses that were not recorded") {
  struct Row {
    std::string addr;
    std::string label;
  };
  const Row rows[] = {
      {R"("/ip4/192.0.2.1/tcp/4001/p2p/QmRelay/p2p-circuit")", "p2p-circuit"},
      {R"("/dns4/example.org/tcp/443/tls/ws")", "wss"},
      {R"("/ip4/192.0.2.1/udp/4001/quic-v1/webtransport/certhash/uEi")",
       "webtransport"},
      {R"("")", "other"},
      {R"(null)", "other"},
      {R"(7)", "other"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.addr);
    CHECK(Connection(R"("Addr":)" + row.addr) ==
          "ipfs_swarm_connections{direction=\"unknown\",transport=\"" +
              row.label + "\"} 1\n");
  }
}

TEST_CASE("swarm: only known protocols are named, the rest is other") {
  CHECK(Streams(R"([{"Protocol":"/ipfs/id/1.0.0"},{"Protocol":"/secret/1"},
                    {"Protocol":"/more/2"}])") ==
        "ipfs_swarm_streams{protocol=\"/ipfs/id/1.0.0\"} 1\n"
        "ipfs_swarm_streams{protocol=\"other\"} 2\n");
  DaemonState daemon;
  daemon.protocols = {"/secret/1"};
  CHECK(
      Streams(R"([{"Protocol":"/secret/1"},{"Protocol":"/more/2"}])", daemon) ==
      "ipfs_swarm_streams{protocol=\"/secret/1\"} 1\n"
      "ipfs_swarm_streams{protocol=\"other\"} 1\n");
}

TEST_CASE("swarm: a stream without a protocol is other") {
  const std::string streams[] = {R"([{"Protocol":""}])", R"([{}])",
                                 R"([{"Protocol":null}])",
                                 R"([{"Protocol":5}])", R"([null])"};
  for (const auto& text : streams) {
    CAPTURE(text);
    CHECK(Streams(text) == "ipfs_swarm_streams{protocol=\"other\"} 1\n");
  }
}

TEST_CASE("swarm: a nameless protocol of the node does not name a stream") {
  DaemonState daemon;
  Ask(identity_collector, "id", {200, R"({"ID":"Qm","Protocols":[""]})"},
      daemon);
  CHECK(Streams(R"([{"Protocol":""}])", daemon) ==
        "ipfs_swarm_streams{protocol=\"other\"} 1\n");
}

TEST_CASE("swarm: invalid lists of streams") {
  for (const std::string text : {"null", "[]", "{}", "\"x\"", "3"}) {
    CAPTURE(text);
    CHECK(Streams(text) == "");
  }
}

TEST_CASE("swarm: the latency histogram is cumulative and ends at +Inf") {
  const auto lines = Swarm(R"({"Peers":[{"Peer":"A","Latency":"250ms"},
                               {"Peer":"B","Latency":"500ms"},
                               {"Peer":"C","Latency":"1m4s"},
                               {"Peer":"D","Latency":"n/a"},
                               {"Peer":"E","Latency":""},
                               {"Peer":"F","Latency":12}]})")
                         .lines;
  CHECK(Of(lines, "ipfs_swarm_peer_latency_seconds") ==
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.001\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.0025\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.005\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.01\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.025\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.05\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.1\"} 0\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.25\"} 1\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"0.5\"} 2\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"1.0\"} 2\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"2.5\"} 2\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"5.0\"} 2\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"10.0\"} 2\n"
        "ipfs_swarm_peer_latency_seconds_bucket{le=\"+Inf\"} 3\n"
        "ipfs_swarm_peer_latency_seconds_sum 64.75\n"
        "ipfs_swarm_peer_latency_seconds_count 3\n");
}

TEST_CASE("swarm: ten thousand connections are read, a peer of 64 KiB is not") {
  std::string body = R"({"Peers":[)";
  for (int i = 0; i < 10'000; ++i) {
    body += R"({"Peer":"Qm)" + std::to_string(i) + R"("},)";
  }
  const std::string huge(64 * 1024, 'x');
  CHECK(Of(Swarm(body + R"({"Peer":"last"}]})").lines, "ipfs_swarm_peers") ==
        "ipfs_swarm_peers 10001\n");
  CHECK(Swarm(body + R"({"Peer":")" + huge + R"("}]})").verdict == "too_large");
}

TEST_CASE("swarm: with too many streams, only the connection is counted") {
  std::string streams = R"({"Protocol":"/x/1.0.0"})";
  while (streams.size() <= 64 * 1024) streams += "," + streams;
  const auto lines =
      Swarm(R"({"Peers":[{"Addr":"/ip4/192.0.2.1/tcp/4001","Peer":"A",)"
            R"("Latency":"2s","Direction":1,"Streams":[)" +
            streams +
            R"(]},{"Peer":"B","Streams":[{"Protocol":"/x/1.0.0"}]}]})")
          .lines;
  CHECK(Of(lines, "ipfs_swarm_peers") == "ipfs_swarm_peers 2\n");
  CHECK(Of(lines, "ipfs_swarm_connections") ==
        "ipfs_swarm_connections{direction=\"inbound\",transport=\"tcp\"} 1\n"
        "ipfs_swarm_connections{direction=\"unknown\",transport=\"other\"} "
        "1\n");
  CHECK(Of(lines, "ipfs_swarm_streams") == "");
  CHECK(Of(lines, "ipfs_swarm_peer_latency_seconds_count") ==
        "ipfs_swarm_peer_latency_seconds_count 1\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
