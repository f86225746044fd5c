#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Pins(const std::string& body, const std::string& stream_error = "") {
  return Ask(pins_collector, "pin/ls?type=recursive",
             Answer{200, body, stream_error});
}

TEST_CASE("pins: elements that are not pins") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"("Qm")", "schema"},
      {R"({"Type":"recursive"})", "schema"},
      {R"({"Cid":null})", "schema"},
      {R"({"Cid":""})", "schema"},
      {R"({"Cid":7})", "schema"},
      {R"({"Cid":{"/":"Qm"}})", "schema"},
      {R"([{"Cid":"Qm"}])", "schema"},
      {R"({"Keys":{"Qm":{"Type":"recursive"}}})", "schema"},  // not a stream
      {"{\"Cid\":\"Qm\"}\n{}\n", "schema"},
      {R"({"Cid":"Qm")", "parse"},
      {R"({"Cid":Qm})", "parse"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Pins(row.body).verdict == row.verdict);
  }
}

TEST_CASE("pins: a truncated count is rejected") {
  const auto asked =
      Pins("{\"Cid\":\"Qm\",\"Type\":\"recursive\"}\n", "context canceled");
  CHECK(asked.verdict == "stream");
  CHECK(asked.lines == "");
}

TEST_CASE("pins: an empty stream is zero pins") {
  CHECK(Pins("").lines == "ipfs_pins{type=\"recursive\"} 0\n");
  CHECK(Ask(pins_collector, "pin/ls?type=direct", {200, "\n"}).lines ==
        "ipfs_pins{type=\"direct\"} 0\n");
}

TEST_CASE("pins: both kinds of recorded daemons") {
  const Recorded daemon("v0.42.0/online");
  CHECK(Ask(pins_collector, "pin/ls?type=recursive", daemon).lines ==
        "ipfs_pins{type=\"recursive\"} 7\n");
  CHECK(Ask(pins_collector, "pin/ls?type=direct", daemon).lines ==
        "ipfs_pins{type=\"direct\"} 1\n");
}

TEST_CASE("pins: a hundred thousand of them, with names") {
  std::string body;
  for (int i = 0; i < 100'000; ++i) {
    body += R"({"Cid":"Qm)" + std::to_string(i) +
            "\",\"Type\":\"recursive\",\"Name\":\"}{\"}\n";
  }
  CHECK(Pins(body).lines == "ipfs_pins{type=\"recursive\"} 100000\n");
}

TEST_CASE("pins: only kinds that walk no DAG, as a stream, off by default") {
  const auto requests = pins_collector.requests({});
  REQUIRE(requests.size() == 2);
  CHECK(requests[0].target == "pin/ls?type=recursive&stream=true");
  CHECK(requests[1].target == "pin/ls?type=direct&stream=true");
  CHECK_FALSE(pins_collector.on_by_default);
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
