#include <doctest/doctest.h>

#include <algorithm>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked RemotePins(const std::string& body) {
  return Ask(remote_pins_collector, "pin/remote/service/ls", Answer{200, body});
}

Asked Services(const std::string& services) {
  return RemotePins(R"({"RemoteServices":[)" + services + "]}");
}

std::string Service(const std::string& name, const std::string& stat) {
  return R"({"Service":")" + name +
         R"(","ApiEndpoint":"https://pins.example","Stat":)" + stat + "}";
}

TEST_CASE("remote_pins: a reply without RemoteServices is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", R"({"RemoteServices":1})",
        R"({"RemoteServices":{"Service":"a"}})", R"({"Services":[]})"}) {
    CAPTURE(body);
    CHECK(RemotePins(body).verdict == "schema");
  }
  CHECK(RemotePins("<html>").verdict == "parse");
}

TEST_CASE("remote_pins: a node without services") {
  for (const std::string daemon :
       {"v0.8.0/online", "v0.42.0/offline", "v0.44.0-dev/minimal"}) {
    CAPTURE(daemon);
    const auto asked =
        Ask(remote_pins_collector, "pin/remote/service/ls", Recorded(daemon));
    CHECK(asked.verdict == "ok");
    CHECK(asked.lines == "");
  }
  CHECK(RemotePins(R"({"RemoteServices":null})").verdict == "ok");
}

TEST_CASE("remote_pins: services of a real Kubo, one of them down") {
  CHECK(Ask(remote_pins_collector, "pin/remote/service/ls",
            Recorded("v0.42.0/services"))
            .lines ==
        "ipfs_remote_service_up{service=\"down\"} 0\n"
        "ipfs_remote_service_up{service=\"good\"} 1\n"
        "ipfs_remote_pins{service=\"good\",status=\"queued\"} 3\n"
        "ipfs_remote_pins{service=\"good\",status=\"pinning\"} 1\n"
        "ipfs_remote_pins{service=\"good\",status=\"pinned\"} 42\n"
        "ipfs_remote_pins{service=\"good\",status=\"failed\"} 2\n");
}

TEST_CASE("remote_pins: missing values are absent") {
  struct Row {
    std::string services;
    std::string lines;
  };
  const Row rows[] = {
      {R"({"Service":"a","ApiEndpoint":"https://pins.example"})", ""},
      {Service("a", "null"), ""},
      {Service("a", "{}"), ""},
      {Service("a", R"({"Status":"unsure"})"), ""},
      {Service("a", R"({"Status":"invalid"})"),
       "ipfs_remote_service_up{service=\"a\"} 0\n"},
      {Service("a", R"({"Status":"valid","PinCount":{"Pinned":7}})"),
       "ipfs_remote_service_up{service=\"a\"} 1\n"
       "ipfs_remote_pins{service=\"a\",status=\"pinned\"} 7\n"},
      {Service("a", R"({"Status":"valid","PinCount":{"Queued":-1}})"),
       "ipfs_remote_service_up{service=\"a\"} 1\n"},
      {Service("", R"({"Status":"valid"})"), ""},
      {R"("a")", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.services);
    const auto asked = Services(row.services);
    CHECK(asked.verdict == "ok");
    CHECK(asked.lines == row.lines);
  }
}

TEST_CASE("remote_pins: names are unique, and at most a hundred") {
  const std::string valid = R"({"Status":"valid"})";
  CHECK(Services(Service("a", valid) + "," + Service("a", valid)).lines ==
        "ipfs_remote_service_up{service=\"a\"} 1\n");
  std::string many = Service("0", valid);
  for (int i = 1; i < 150; ++i) {
    many += "," + Service(std::to_string(i), valid);
  }
  const auto lines = Services(many).lines;
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 100);
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
