#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Keys(const std::string& body) {
  return Ask(keys_collector, "key/list", Answer{200, body});
}

TEST_CASE("keys: a reply without Keys is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", R"({"Keys":1})", R"({"Keys":{"Name":"self"}})",
        R"({"keys":[]})", R"({"Keys":["self"]})", R"({"Keys":[null]})",
        R"({"Keys":null,"Other":[{}]})"}) {
    CAPTURE(body);
    CHECK(Keys(body).verdict == "schema");
  }
  CHECK(Keys("<html>").verdict == "parse");
  CHECK(Keys(R"({"Keys":[{)").verdict == "parse");
}

TEST_CASE("keys: their number") {
  CHECK(Keys(R"({"Keys":[]})").lines == "ipfs_keys 0\n");
  CHECK(Keys(R"({"Keys":null})").lines == "ipfs_keys 0\n");
  CHECK(Keys(R"({"Keys":[{"Name":"self","Id":"k5"},{}]})").lines ==
        "ipfs_keys 2\n");
}

TEST_CASE("keys: recorded daemons") {
  struct Row {
    std::string daemon;
    std::string lines;
  };
  const Row rows[] = {{"v0.8.0/online", "ipfs_keys 2\n"},
                      {"v0.8.0/offline", "ipfs_keys 1\n"},
                      {"v0.42.0/services", "ipfs_keys 3\n"},
                      {"v0.44.0-dev/online", "ipfs_keys 2\n"},
                      {"v0.44.0-dev/minimal", "ipfs_keys 1\n"}};
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    CHECK(Ask(keys_collector, "key/list", Recorded(row.daemon)).lines ==
          row.lines);
  }
}

TEST_CASE("keys: as many as there are, whatever the size of the answer") {
  constexpr int kMany = 50'000;
  std::string body = R"({"Keys":[{"Name":"self"})";
  for (int i = 1; i < kMany; ++i) {
    body += R"(,{"Name":"key-)" + std::to_string(i) +
            R"(","Id":"k51qzi5uqu5djr4hdo5kssrefycicd288tmw3erefqa9"})";
  }
  CHECK(body.size() > 1024 * 1024);
  CHECK(Keys(body + "]}").lines == "ipfs_keys 50000\n");
}

TEST_CASE("keys: the unsupported message of another call is a failure") {
  CHECK(AskError(keys_collector, "key/list",
                 "libp2p stream mounting not enabled") == "http_status");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
