#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Bandwidth(const Answer& answer) {
  return Ask(bandwidth_collector, "stats/bw", answer);
}

TEST_CASE("bandwidth: a reply without both totals is rejected") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"([])", "schema"},
      {R"("ok")", "schema"},
      {R"({"Version":"0.42.0"})", "schema"},
      {R"({"TotalIn":1})", "schema"},
      {R"({"TotalOut":1})", "schema"},
      {R"({"TotalIn":null,"TotalOut":1})", "schema"},
      {R"({"TotalIn":1,"TotalOut":true})", "schema"},
      {R"({"TotalIn":[1],"TotalOut":1})", "schema"},
      {R"({"TotalIn":{},"TotalOut":1})", "schema"},
      {R"({"TotalIn":"","TotalOut":1})", "schema"},
      {R"({"TotalIn":"12 bytes","TotalOut":1})", "schema"},
      {R"({"TotalIn":-1,"TotalOut":1})", "schema"},
      {R"({"TotalIn":1,"TotalOut":"-1"})", "schema"},
      {"<html>502 Bad Gateway</html>", "parse"},
      {R"({"TotalIn":1,"TotalOut":)", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Bandwidth({200, row.body}).verdict == row.verdict);
  }
}

TEST_CASE("bandwidth: the totals of recorded daemons") {
  struct Row {
    std::string version;
    std::string lines;
  };
  const Row rows[] = {
      {"v0.8.0",
       "ipfs_bandwidth_received_bytes_total 1568631\n"
       "ipfs_bandwidth_sent_bytes_total 2148432\n"},
      {"v0.20.0",
       "ipfs_bandwidth_received_bytes_total 1567660\n"
       "ipfs_bandwidth_sent_bytes_total 2143573\n"},
      {"v0.44.0-dev",
       "ipfs_bandwidth_received_bytes_total 1561349\n"
       "ipfs_bandwidth_sent_bytes_total 2129503\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.version);
    const Recorded daemon(row.version + "/online");
    CHECK(Ask(bandwidth_collector, "stats/bw", daemon).lines == row.lines);
  }
}

TEST_CASE("bandwidth: js-ipfs sends decimal strings") {
  CHECK(Bandwidth({200, R"({"TotalIn":"2000504","TotalOut":"0"})"}).lines ==
        "ipfs_bandwidth_received_bytes_total 2000504\n"
        "ipfs_bandwidth_sent_bytes_total 0\n");
}

TEST_CASE("bandwidth: totals above 2^53 are as exact as a double") {
  CHECK(Bandwidth({200, R"({"TotalIn":18446744073709551615,"TotalOut":1})"})
            .lines ==
        "ipfs_bandwidth_received_bytes_total 18446744073709551616\n"
        "ipfs_bandwidth_sent_bytes_total 1\n");
}

TEST_CASE("bandwidth: unsupported if disabled or offline") {
  const Recorded minimal("v0.42.0/minimal");
  const Recorded offline("v0.42.0/offline");
  const Recorded old_offline("v0.8.0/offline");
  for (const auto* daemon : {&minimal, &offline, &old_offline}) {
    CHECK(Ask(bandwidth_collector, "stats/bw", *daemon).verdict ==
          "unsupported");
  }
}

TEST_CASE("bandwidth: the bandwidth reporter is disabled") {
  CHECK(AskError(bandwidth_collector, "stats/bw",
                 "bandwidth reporter disabled in config") == "unsupported");
  for (const std::string message :
       {"context deadline exceeded", "online mode", ""}) {
    CHECK(AskError(bandwidth_collector, "stats/bw", message) == "http_status");
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
