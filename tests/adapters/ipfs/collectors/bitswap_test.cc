#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Bitswap(const Answer& answer) {
  return Ask(bitswap_collector, "bitswap/stat", answer);
}

TEST_CASE("bitswap: a reply without BlocksReceived is rejected") {
  struct Row {
    std::string body;
    std::string verdict;
  };
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"(7)", "schema"},
      {R"([{"BlocksReceived":1}])", "schema"},
      {R"({"Wantlist":[],"Peers":[]})", "schema"},
      {R"({"BlocksReceived":null})", "schema"},
      {R"({"BlocksReceived":[]})", "schema"},
      {R"({"BlocksReceived":"many"})", "schema"},
      {R"({"BlocksReceived":-7})", "schema"},
      {R"({"BlocksReceived":1,"Wantlist":[7]})", "schema"},
      {R"({"BlocksReceived":1,"Wantlist":[{}})", "parse"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Bitswap({200, row.body}).verdict == row.verdict);
  }
}

TEST_CASE("bitswap: before Kubo 0.19 all partners are listed") {
  CHECK(
      Ask(bitswap_collector, "bitswap/stat", Recorded("v0.8.0/online")).lines ==
      "ipfs_bitswap_wantlist_blocks 1\n"
      "ipfs_bitswap_partners 2\n"
      "ipfs_bitswap_received_blocks_total 7\n"
      "ipfs_bitswap_received_bytes_total 1536380\n"
      "ipfs_bitswap_sent_blocks_total 11\n"
      "ipfs_bitswap_sent_bytes_total 2098073\n"
      "ipfs_bitswap_received_duplicate_blocks_total 0\n"
      "ipfs_bitswap_received_duplicate_bytes_total 0\n"
      "ipfs_bitswap_received_messages_total 19\n");
}

TEST_CASE("bitswap: every counter of a new daemon") {
  CHECK(Ask(bitswap_collector, "bitswap/stat", Recorded("v0.42.0/online"))
            .lines ==
        "ipfs_bitswap_wantlist_blocks 1\n"
        "ipfs_bitswap_partners 0\n"
        "ipfs_bitswap_received_blocks_total 7\n"
        "ipfs_bitswap_received_bytes_total 1536380\n"
        "ipfs_bitswap_sent_blocks_total 11\n"
        "ipfs_bitswap_sent_bytes_total 2098073\n"
        "ipfs_bitswap_received_duplicate_blocks_total 0\n"
        "ipfs_bitswap_received_duplicate_bytes_total 0\n"
        "ipfs_bitswap_received_messages_total 16\n");
}

TEST_CASE("bitswap: each field goes to its family") {
  CHECK(Bitswap({200, R"({"BlocksReceived":1,"DataReceived":2,"BlocksSent":3,
                          "DataSent":4,"DupBlksReceived":5,"DupDataReceived":6,
                          "MessagesReceived":7,"Wantlist":[{},{}],
                          "Peers":["a","b","c"]})"})
            .lines ==
        "ipfs_bitswap_wantlist_blocks 2\n"
        "ipfs_bitswap_partners 3\n"
        "ipfs_bitswap_received_blocks_total 1\n"
        "ipfs_bitswap_received_bytes_total 2\n"
        "ipfs_bitswap_sent_blocks_total 3\n"
        "ipfs_bitswap_sent_bytes_total 4\n"
        "ipfs_bitswap_received_duplicate_blocks_total 5\n"
        "ipfs_bitswap_received_duplicate_bytes_total 6\n"
        "ipfs_bitswap_received_messages_total 7\n");
}

TEST_CASE("bitswap: js-ipfs sends decimal strings and no messages") {
  CHECK(Bitswap({200, R"({"ProvideBufLen":0,"Wantlist":[],"Peers":["Qm"],
                          "BlocksReceived":"8","DataReceived":"2000504",
                          "BlocksSent":"0","DataSent":"0",
                          "DupBlksReceived":"1","DupDataReceived":"262158"})"})
            .lines ==
        "ipfs_bitswap_wantlist_blocks 0\n"
        "ipfs_bitswap_partners 1\n"
        "ipfs_bitswap_received_blocks_total 8\n"
        "ipfs_bitswap_received_bytes_total 2000504\n"
        "ipfs_bitswap_sent_blocks_total 0\n"
        "ipfs_bitswap_sent_bytes_total 0\n"
        "ipfs_bitswap_received_duplicate_blocks_total 1\n"
        "ipfs_bitswap_received_duplicate_bytes_total 262158\n");
}

TEST_CASE("bitswap: a null list is empty") {
  CHECK(Bitswap({200, R"({"BlocksReceived":1,"Wantlist":null,"Peers":null})"})
            .lines ==
        "ipfs_bitswap_wantlist_blocks 0\n"
        "ipfs_bitswap_partners 0\n"
        "ipfs_bitswap_received_blocks_total 1\n");
}

TEST_CASE("bitswap: fields of another type are absent") {
  CHECK(Bitswap({200, R"({"BlocksReceived":1,"Wantlist":{},"Peers":"Qm",
                          "DataReceived":-5,"BlocksSent":null,
                          "DataSent":"x"})"})
            .lines == "ipfs_bitswap_received_blocks_total 1\n");
}

TEST_CASE("bitswap: a list of any length is only counted") {
  std::string wants = "{}";
  for (int i = 1; i < 200'000; ++i) wants += ",{}";
  const auto asked =
      Bitswap({200, R"({"BlocksReceived":1,"Wantlist":[)" + wants + "]}"});
  CHECK(asked.lines ==
        "ipfs_bitswap_wantlist_blocks 200000\n"
        "ipfs_bitswap_received_blocks_total 1\n");
}

TEST_CASE("bitswap: unsupported by an offline daemon") {
  for (const std::string daemon : {"v0.8.0/offline", "v0.42.0/offline"}) {
    CHECK(Ask(bitswap_collector, "bitswap/stat", Recorded(daemon)).verdict ==
          "unsupported");
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
