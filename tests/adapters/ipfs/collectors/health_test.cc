#include <doctest/doctest.h>

#include <set>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

struct Row {
  int status;
  std::string body;
  std::string verdict;
};

TEST_CASE(
    "health: a daemon is up when version answers an object with Version") {
  const Row rows[] = {
      {200, R"({})", "schema"},
      {200, R"(null)", "schema"},
      {200, R"("0.42.0")", "schema"},
      {200, R"(["Version"])", "schema"},
      {200, R"({"version":"0.42.0"})", "schema"},
      {200, R"({"Version":null})", "schema"},
      {200, R"({"Version":42})", "schema"},
      {200, R"({"Version":""})", "schema"},
      {200, "<!DOCTYPE html><html></html>", "parse"},
      {200, R"({"Version":"0.42.0")", "parse"},
      {200, "", "unsupported"},
      {404, "404 page not found\n", "unsupported"},
      {403, "Kubo RPC Access Denied", "auth"},
      {502, "<html></html>", "http_status"},
      {200, R"({"Version":"0.42.0"})", "ok"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.status);
    CAPTURE(row.body);
    CHECK(Ask(health_collector, "version", {row.status, row.body}).verdict ==
          row.verdict);
  }
}

TEST_CASE("health: only a valid version is kept for other collectors") {
  DaemonState daemon;
  const Recorded recorded("v0.44.0-dev/online");
  Ask(health_collector, "version", recorded.Find("/api/v0/version"), daemon);
  CHECK(daemon.version == "0.44.0-dev");
  Ask(health_collector, "version", {200, R"({"Version":1})"}, daemon);
  CHECK(daemon.version == "0.44.0-dev");
}

TEST_CASE("health: version gives no samples") {
  for (const std::string version : {"v0.8.0/online", "v0.42.0/online"}) {
    const auto asked = Ask(health_collector, "version", Recorded(version));
    CHECK(asked.verdict == "ok");
    CHECK(asked.lines == "");
  }
}

TEST_CASE("health: ipfs_healthy is the result of diag/healthy") {
  const auto asked =
      Ask(health_collector, "diag/healthy", Recorded("v0.42.0/online"));
  CHECK(asked.lines == "ipfs_healthy 1\n");
  const std::string troubles[] = {
      R"_({"Message":"daemon is shutting down (started 5s ago)","Code":0,"Type":"error"})_",
      R"({"Message":"probe resolve: block was not found","Code":0,"Type":"error"})",
  };
  for (const auto& body : troubles) {
    CAPTURE(body);
    CHECK(Ask(health_collector, "diag/healthy", {500, body}).lines ==
          "ipfs_healthy 0\n");
  }
}

TEST_CASE("health: ipfs_healthy is absent if unknown") {
  const Row rows[] = {
      {404, "404 page not found\n", "unsupported"},
      {404, R"({"Message":"Not Found","Code":3,"Type":"error"})",
       "unsupported"},
      {403, "Kubo RPC Access Denied: no token\n", "auth"},
      {500, "Internal Server Error", "http_status"},
      {500, R"({"error":"of a proxy"})", "http_status"},
      {200, R"("bad")", "schema"},
      {200, R"({})", "schema"},
      {200, R"(true)", "schema"},
      {200, "ok", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    const auto asked =
        Ask(health_collector, "diag/healthy", {row.status, row.body});
    CHECK(asked.verdict == row.verdict);
    CHECK(asked.lines == "");
  }
  const auto old = Ask(health_collector, "diag/healthy",
                       Recorded("v0.8.0/online").Find("/api/v0/diag/healthy"));
  CHECK(old.verdict == "unsupported");
}

Asked Commands(const std::string& body, DaemonState& daemon) {
  return Ask(health_collector, "commands", {200, body}, daemon);
}

TEST_CASE("health: an invalid list of commands clears the last one") {
  const Row rows[] = {
      {200, R"({})", "schema"},
      {200, R"(null)", "schema"},
      {200, R"(["version"])", "schema"},
      {200, R"({"Name":"version"})", "schema"},
      {200, R"({"Subcommands":null})", "schema"},
      {200, R"({"Subcommands":"version"})", "schema"},
      {200, R"({"Subcommands":{"Name":"version"}})", "schema"},
      {200, R"({"Subcommands":["version",null,7,[]]})", "schema"},
      {200, R"({"Subcommands":[{"Name":null},{"Name":7},{}]})", "schema"},
      {200, R"({"Subcommands":[{"Name":"id"}]})", "schema"},
      {200,
       R"({"Subcommands":[{"Name":"swarm","Subcommands":)"
       R"([{"Name":"version"}]}]})",
       "schema"},
      {200, R"({"Subcommands":[{"Name":"version"}])", "parse"},
      {200, "<html></html>", "parse"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.body);
    DaemonState daemon;
    daemon.commands = {"version", "old"};
    CHECK(Commands(row.body, daemon).verdict == row.verdict);
    CHECK(daemon.commands.empty() == (row.verdict == "schema"));
  }
}

TEST_CASE("health: commands give paths and no samples") {
  DaemonState daemon;
  daemon.commands = {"old"};
  const auto asked = Commands(
      R"({"Name":"ipfs","Subcommands":[{"Name":"version","Subcommands":null},
          {"Name":"swarm","Subcommands":[{"Name":"peers","Subcommands":[]},
            {"Name":"addrs","Subcommands":[{"Name":"autonat"}]}]}]})",
      daemon);
  CHECK(asked.verdict == "ok");
  CHECK(asked.lines == "");
  CHECK((daemon.commands == std::set<std::string, std::less<>>{
                                "version", "swarm", "swarm/peers",
                                "swarm/addrs", "swarm/addrs/autonat"}));
}

TEST_CASE("health: a tree that is too deep is rejected") {
  std::string body = R"({"Subcommands":[{"Name":"version"}]})";
  for (int i = 0; i < 8; ++i) {
    body = R"({"Name":"a","Subcommands":[)" + body + "]}";
  }
  DaemonState daemon;
  CHECK(Commands(body, daemon).verdict == "parse");
}

TEST_CASE("health: names longer than any command are not kept") {
  const std::string longest(64, 'a');
  DaemonState daemon;
  const auto asked = Commands(
      R"({"Subcommands":[{"Name":"version"},
          {"Name":")" +
          longest + R"(","Subcommands":[{"Name":"b"}]},
          {"Name":"a)" +
          longest + R"(","Subcommands":[{"Name":"c"}]}]})",
      daemon);
  CHECK(asked.verdict == "ok");
  CHECK((daemon.commands ==
         std::set<std::string, std::less<>>{"version", longest}));
}

TEST_CASE("health: the commands of recorded daemons") {
  struct Has {
    std::string daemon;
    bool autonat;    // since 0.40
    bool resources;  // since 0.19
  };
  const Has rows[] = {
      {"v0.8.0/online", false, false}, {"v0.18.1/online", false, false},
      {"v0.19.2/online", false, true}, {"v0.39.0/online", false, true},
      {"v0.40.1/online", true, true},  {"v0.44.0-dev/online", true, true}};
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    DaemonState daemon;
    Ask(health_collector, "commands",
        Recorded(row.daemon).Find("/api/v0/commands"), daemon);
    CHECK(daemon.commands.contains("version"));
    CHECK(daemon.commands.contains("swarm/peers"));
    CHECK(daemon.commands.contains("swarm/addrs/autonat") == row.autonat);
    CHECK(daemon.commands.contains("swarm/resources") == row.resources);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
