#include <doctest/doctest.h>

#include "adapters/utf8.h"
#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

struct Row {
  std::string body;
  std::string verdict;
};

TEST_CASE("identity: an id without ID is rejected") {
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"([])", "schema"},
      {R"({"ID":null})", "schema"},
      {R"({"ID":7})", "schema"},
      {R"({"ID":""})", "schema"},
      {R"({"Id":"Qm"})", "schema"},
      {"<html></html>", "parse"},
      {R"({"ID":"Qm"} {"ID":"Qm"})", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Ask(identity_collector, "id", {200, row.body}).verdict ==
          row.verdict);
  }
}

TEST_CASE("identity: a version without Version is rejected") {
  const Row rows[] = {
      {R"({})", "schema"},
      {R"(null)", "schema"},
      {R"({"Version":null})", "schema"},
      {R"({"Version":1})", "schema"},
      {R"({"Version":"","Commit":"abc"})", "schema"},
      {"<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    CHECK(Ask(identity_collector, "version", {200, row.body}).verdict ==
          row.verdict);
  }
}

// Both requests of the collector, in order, with one daemon.
std::string IdentityOf(const Recorded& recorded) {
  DaemonState daemon;
  std::string lines;
  for (const auto& request : identity_collector.requests({})) {
    const std::string target(request.target);
    const auto asked = Ask(identity_collector, target,
                           recorded.Find("/api/v0/" + target), daemon);
    CHECK(asked.verdict == "ok");
    lines += asked.lines;
  }
  return lines;
}

TEST_CASE("identity: recorded daemons") {
  CHECK(
      IdentityOf(Recorded("v0.8.0/online")) ==
      "ipfs_node_info{peer_id="
      "\"12D3KooWPms3b69ddickBQNNtVa124d3gHjZtpwv6AUkpQ4u9JuB\"} 1\n"
      "ipfs_node_addresses 2\n"
      "ipfs_node_protocols 16\n"
      "ipfs_daemon_info{version=\"0.8.0\",commit=\"ce693d7e8\",repo_version="
      "\"11\",system=\"amd64/linux\",go_version=\"go1.15.15\",agent=\"go-ipfs/"
      "0.8.0/ce693d7e8\"} 1\n");
  CHECK(IdentityOf(Recorded("v0.42.0/online")) ==
        "ipfs_node_info{peer_id="
        "\"12D3KooWKTZhqh3PH9sGamq1gFfnK1ktUY6mvjZAhkLH3qCk3v1W\"} 1\n"
        "ipfs_node_addresses 2\n"
        "ipfs_node_protocols 19\n"
        "ipfs_daemon_info{version=\"0.42.0\",commit=\"969853d96\",repo_version="
        "\"18\",system=\"amd64/linux\",go_version=\"go1.26.8\",agent=\"kubo/"
        "0.42.0/969853d96\"} 1\n");
}

TEST_CASE(
    "identity: an offline daemon announces neither addresses nor "
    "protocols, and that is absent, not zero") {
  CHECK(IdentityOf(Recorded("v0.42.0/offline")) ==
        "ipfs_node_info{peer_id="
        "\"12D3KooWG2BSQcUiea2NxU4DH9C2BrPFvBCttFnsygX3f7h1ZQCU\"} 1\n"
        "ipfs_daemon_info{version=\"0.42.0\",commit=\"969853d96\",repo_version="
        "\"18\",system=\"amd64/linux\",go_version=\"go1.26.8\",agent=\"kubo/"
        "0.42.0/969853d96\"} 1\n");
}

TEST_CASE("identity: empty lists are zero, lists of another type absent") {
  CHECK(Ask(identity_collector, "id",
            {200, R"({"ID":"Qm","Addresses":[],"Protocols":[]})"})
            .lines ==
        "ipfs_node_info{peer_id=\"Qm\"} 1\n"
        "ipfs_node_addresses 0\n"
        "ipfs_node_protocols 0\n");
  CHECK(Ask(identity_collector, "id",
            {200, R"({"ID":"Qm","Addresses":2,"Protocols":"/ipfs/id/1.0.0"})"})
            .lines == "ipfs_node_info{peer_id=\"Qm\"} 1\n");
}

TEST_CASE("identity: js-ipfs has neither System nor Golang") {
  const char* const body =
      R"({"Version":"0.14.3","Commit":"","Repo":"12","ipfs-core":"0.14.3"})";
  DaemonState daemon;
  daemon.agent = "js-ipfs/0.14.3";
  CHECK(Ask(identity_collector, "version", {200, body}, daemon).lines ==
        "ipfs_daemon_info{version=\"0.14.3\",commit=\"\",repo_version=\"12\","
        "system=\"\",go_version=\"\",agent=\"js-ipfs/0.14.3\"} 1\n");
}

TEST_CASE("identity: text that is invalid on a page is left out") {
  for (const std::string text : {R"(\udc00)", R"(\u0000)"}) {
    CAPTURE(text);
    const std::string word(text);
    const auto version =
        Ask(identity_collector, "version",
            {200, R"({"Version":"1","Commit":")" + word + R"(","Repo":"12"})"});
    CHECK(IsCleanUtf8(version.lines));
    const auto id =
        Ask(identity_collector, "id", {200, R"({"ID":")" + word + R"("})"});
    CHECK(IsCleanUtf8(id.lines));
  }
}

TEST_CASE("identity: at most 256 protocols are kept for other collectors") {
  std::string list = "\"/0\"";
  for (int i = 1; i < 300; ++i) list += ",\"/" + std::to_string(i) + "\"";
  DaemonState daemon;
  const auto asked =
      Ask(identity_collector, "id",
          {200, R"({"ID":"Qm","Protocols":[)" + list + "]}"}, daemon);
  CHECK(asked.lines ==
        "ipfs_node_info{peer_id=\"Qm\"} 1\nipfs_node_protocols 300\n");
  CHECK(daemon.protocols.size() == 256);
}

TEST_CASE("identity: the protocols of the last reply are kept") {
  DaemonState daemon;
  Ask(identity_collector, "id",
      {200, R"({"ID":"Qm","Protocols":["/a/1","/b/1",3]})"}, daemon);
  CHECK(daemon.protocols.contains("/a/1"));
  CHECK(daemon.protocols.contains("/b/1"));
  Ask(identity_collector, "id", {200, R"({"ID":"Qm","Protocols":["/b/1"]})"},
      daemon);
  CHECK_FALSE(daemon.protocols.contains("/a/1"));
  CHECK(daemon.protocols.contains("/b/1"));
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
