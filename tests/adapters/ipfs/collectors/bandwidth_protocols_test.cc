#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

constexpr char kBitswap[] = "stats/bw?proto=/ipfs/bitswap/1.2.0";

Asked Protocol(const Answer& answer) {
  return Ask(bandwidth_protocols_collector, kBitswap, answer);
}

TEST_CASE("bandwidth_protocols: a reply without both totals is rejected") {
  for (const std::string body :
       {"{}", "null", "[1]", R"({"TotalIn":1})", R"({"TotalOut":1})",
        R"({"TotalIn":-1,"TotalOut":1})", R"({"TotalIn":1,"TotalOut":"x"})"}) {
    CAPTURE(body);
    CHECK(Protocol({200, body}).verdict == "schema");
  }
  CHECK(Protocol({200, "<html>"}).verdict == "parse");
}

TEST_CASE("bandwidth_protocols: an unused protocol is absent") {
  const auto asked = Protocol({200, R"({"TotalIn":0,"TotalOut":0})"});
  CHECK(asked.verdict == "ok");
  CHECK(asked.lines == "");
}

TEST_CASE("bandwidth_protocols: one direction is enough for both series") {
  CHECK(Protocol({200, R"({"TotalIn":"0","TotalOut":"7"})"}).lines ==
        "ipfs_bandwidth_protocol_received_bytes_total"
        "{protocol=\"/ipfs/bitswap/1.2.0\"} 0\n"
        "ipfs_bandwidth_protocol_sent_bytes_total"
        "{protocol=\"/ipfs/bitswap/1.2.0\"} 7\n");
}

TEST_CASE("bandwidth_protocols: recorded daemons") {
  CHECK(Ask(bandwidth_protocols_collector, kBitswap, Recorded("v0.42.0/online"))
            .lines.find("ipfs_bandwidth_protocol_received_bytes_total"
                        "{protocol=\"/ipfs/bitswap/1.2.0\"}") == 0);
}

TEST_CASE("bandwidth_protocols: unsupported without bandwidth metrics") {
  CHECK(Protocol({500, R"({"Message":"bandwidth reporter disabled in config",)"
                       R"("Code":0,"Type":"error"})"})
            .verdict == "unsupported");
}

TEST_CASE("bandwidth_protocols: one call for each protocol, encoded") {
  Settings settings;
  settings.bandwidth_protocols = {"/a/1.0.0", "/b c&d=+/\xC3\xA9"};
  const auto requests = bandwidth_protocols_collector.requests(settings);
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].target == "stats/bw?proto=/a/1.0.0");
  CHECK(requests[1].target == "stats/bw?proto=/b%20c%26d%3D%2B/%C3%A9");
}

TEST_CASE("bandwidth_protocols: the bandwidth reporter is disabled") {
  CHECK(AskError(bandwidth_protocols_collector, "stats/bw",
                 "bandwidth reporter disabled in config") == "unsupported");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
