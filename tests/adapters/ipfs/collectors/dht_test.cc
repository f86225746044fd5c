#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Wan(const std::string& body) {
  return Ask(dht_collector, "stats/dht?arg=wan", Answer{200, body});
}

std::string Bucket(const std::string& refresh, int peers) {
  std::string bucket = R"({"LastRefresh":")" + refresh + R"(","Peers":[)";
  for (int i = 0; i < peers; ++i) {
    if (i > 0) bucket += ',';
    bucket += R"({"ID":"Qm]}","Connected":)";
    bucket += i % 2 == 0 ? "true}" : "false}";
  }
  return bucket + "]}";
}

TEST_CASE("dht: a reply without a list of Buckets is rejected") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"([])", "schema"},
      {R"({"Name":"wan"})", "schema"},
      {R"({"Name":"wan","Buckets":null})", "schema"},
      {R"({"Name":"wan","Buckets":3})", "schema"},
      {R"({"Name":"wan","Buckets":{}})", "schema"},
      {R"({"Buckets":[{"Peers":["Qm"]}]})", "schema"},
      {R"({"Buckets":[{"Peers":[null]}]})", "schema"},
      {R"({"Buckets":[{"Peers":[[]]}]})", "schema"},
      {R"({"Buckets":[{"Peers":[{"ID":Qm}]}]})", "parse"},
      {R"({"Buckets":[{"Peers":[{"ID":"Qm"}]})", "parse"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Wan(row.body).verdict == row.verdict);
  }
}

TEST_CASE("dht: daemons without this table") {
  for (const std::string daemon : {"v0.8.0/minimal", "v0.42.0/minimal",
                                   "v0.8.0/offline", "v0.42.0/offline"}) {
    for (const std::string call : {"stats/dht?arg=wan", "stats/dht?arg=lan"}) {
      CAPTURE(daemon);
      CAPTURE(call);
      CHECK(Ask(dht_collector, call, Recorded(daemon)).verdict ==
            "unsupported");
    }
  }
}

TEST_CASE("dht: the accelerated client has one table, with one bucket") {
  for (const std::string daemon :
       {"v0.12.2/accelerated", "v0.42.0/accelerated"}) {
    CAPTURE(daemon);
    const Recorded recorded(daemon);
    CHECK(Ask(dht_collector, "stats/dht?arg=lan", recorded).verdict ==
          "unsupported");
    CHECK(Ask(dht_collector, "stats/dht?arg=wan", recorded).lines ==
          "ipfs_dht_routing_table_peers{table=\"wan\"} 0\n"
          "ipfs_dht_routing_table_connected_peers{table=\"wan\"} 0\n"
          "ipfs_dht_buckets{table=\"wan\"} 1\n"
          "ipfs_dht_bucket_peers{table=\"wan\",bucket=\"0\"} 0\n");
  }
  const auto lines =
      Wan(R"({"Name":"wan","Buckets":[)" + Bucket("", 10'001) + "]}").lines;
  CHECK(Of(lines, "ipfs_dht_routing_table") ==
        "ipfs_dht_routing_table_peers{table=\"wan\"} 10001\n"
        "ipfs_dht_routing_table_connected_peers{table=\"wan\"} 5001\n");
  CHECK(Of(lines, "ipfs_dht_bucket_peers") ==
        "ipfs_dht_bucket_peers{table=\"wan\",bucket=\"0\"} 10001\n");
}

TEST_CASE("dht: an empty table") {
  CHECK(Ask(dht_collector, "stats/dht?arg=wan", Recorded("v0.42.0/online"))
            .lines ==
        "ipfs_dht_routing_table_peers{table=\"wan\"} 0\n"
        "ipfs_dht_routing_table_connected_peers{table=\"wan\"} 0\n"
        "ipfs_dht_buckets{table=\"wan\"} 0\n");
}

TEST_CASE("dht: tables of recorded daemons, with the oldest refresh") {
  CHECK(Ask(dht_collector, "stats/dht?arg=lan", Recorded("v0.42.0/online"))
            .lines ==
        "ipfs_dht_routing_table_peers{table=\"lan\"} 2\n"
        "ipfs_dht_routing_table_connected_peers{table=\"lan\"} 2\n"
        "ipfs_dht_buckets{table=\"lan\"} 2\n"
        "ipfs_dht_bucket_peers{table=\"lan\",bucket=\"0\"} 1\n"
        "ipfs_dht_bucket_peers{table=\"lan\",bucket=\"1\"} 1\n"
        "ipfs_dht_oldest_refresh_timestamp_seconds{table=\"lan\"} "
        "1795361136\n");
  // Null Peers, and a bucket that was never refreshed.
  CHECK(Ask(dht_collector, "stats/dht?arg=lan", Recorded("v0.40.1/altprovide"))
            .lines ==
        "ipfs_dht_routing_table_peers{table=\"lan\"} 1\n"
        "ipfs_dht_routing_table_connected_peers{table=\"lan\"} 1\n"
        "ipfs_dht_buckets{table=\"lan\"} 4\n"
        "ipfs_dht_bucket_peers{table=\"lan\",bucket=\"0\"} 0\n"
        "ipfs_dht_bucket_peers{table=\"lan\",bucket=\"1\"} 0\n"
        "ipfs_dht_bucket_peers{table=\"lan\",bucket=\"2\"} 0\n"
        "ipfs_dht_bucket_peers{table=\"lan\",bucket=\"3\"} 1\n"
        "ipfs_dht_oldest_refresh_timestamp_seconds{table=\"lan\"} "
        "1795361259\n");
}

TEST_CASE("dht: the last of 24 buckets counts all that follow") {
  std::string body = R"({"Name":"wan","Buckets":[)";
  for (int i = 0; i < 27; ++i) {
    if (i > 0) body += ',';
    body += Bucket("", i == 23 ? 0 : i);
  }
  const auto lines = Wan(body + "]}").lines;
  CHECK(Of(lines, "ipfs_dht_routing_table_peers") ==
        "ipfs_dht_routing_table_peers{table=\"wan\"} 328\n");
  CHECK(Of(lines, "ipfs_dht_buckets") ==
        "ipfs_dht_buckets{table=\"wan\"} 27\n");
  const std::string bucket = "ipfs_dht_bucket_peers{table=\"wan\",bucket=\"";
  CHECK(Of(lines, bucket + "22\"") == bucket + "22\"} 22\n");
  CHECK(Of(lines, bucket + "23\"") == bucket + "23\"} 75\n");
  CHECK(Of(lines, bucket + "24\"") == "");
}

TEST_CASE("dht: connected peers") {
  const std::string rows[] = {"null", "\"true\"", "1", "false"};
  for (const auto& connected : rows) {
    CAPTURE(connected);
    CHECK(Of(Wan(R"({"Buckets":[{"Peers":[{"ID":"Qm","Connected":)" +
                 connected + R"(},{"Connected":true},{}]}]})")
                 .lines,
             "ipfs_dht_routing_table") ==
          "ipfs_dht_routing_table_peers{table=\"wan\"} 3\n"
          "ipfs_dht_routing_table_connected_peers{table=\"wan\"} 1\n");
  }
}

TEST_CASE("dht: the oldest refresh, if any is known") {
  struct Row {
    std::string first;
    std::string second;
    std::string oldest;
  };
  const Row rows[] = {
      {"", "", ""},
      {"0001-01-01T00:00:00Z", "soon", ""},
      {"", "1970-01-01T00:01:00Z", "60"},
      {"1970-01-01T00:02:00Z", "1970-01-01T00:01:00Z", "60"},
      {"1970-01-01T01:01:00+01:00", "1970-01-01T00:02:00Z", "60"},
      {"1970-01-01T00:01:00Z", "0001-01-01T00:00:00Z", "60"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.first);
    CAPTURE(row.second);
    const auto lines = Of(Wan(R"({"Buckets":[)" + Bucket(row.first, 0) + "," +
                              Bucket(row.second, 1) + "]}")
                              .lines,
                          "ipfs_dht_oldest_refresh");
    const std::string series =
        "ipfs_dht_oldest_refresh_timestamp_seconds{table=\"wan\"} ";
    CHECK(lines == (row.oldest.empty() ? "" : series + row.oldest + "\n"));
  }
}

TEST_CASE("dht: one call per table") {
  const auto requests = dht_collector.requests({});
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].target == "stats/dht?arg=wan");
  CHECK(requests[1].target == "stats/dht?arg=lan");
}

TEST_CASE("dht: messages about a missing table") {
  for (const std::string message :
       {"routing service is not a DHT", "no LAN client found",
        "could not generate stats for the WAN DHT"}) {
    CAPTURE(message);
    CHECK(AskError(dht_collector, "stats/dht?arg=wan", message) ==
          "unsupported");
    CHECK(AskError(dht_collector, "stats/dht?arg=lan", message) ==
          "unsupported");
  }
  CHECK(AskError(dht_collector, "stats/dht?arg=wan", "unknown dht type: wan") ==
        "http_status");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
