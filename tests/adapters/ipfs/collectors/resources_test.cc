#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Resources(const std::string& body, const Settings& settings = {}) {
  DaemonState daemon;
  return Ask(resources_collector, "swarm/resources", Answer{200, body}, daemon,
             settings);
}

Asked Limit(const std::string& body) {
  return Ask(resources_collector, "swarm/limit?arg=system", Answer{200, body});
}

DaemonState With(const std::string& peers) {
  DaemonState daemon;
  Ask(swarm_collector, "swarm/peers", {200, R"({"Peers":)" + peers + "}"},
      daemon);
  return daemon;
}

TEST_CASE("resources: a reply without its scope is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", "7", R"({"System":null})", R"({"System":[]})",
        R"({"Transient":{"Memory":1}})"}) {
    for (const std::string call :
         {"swarm/resources", "swarm/stats?arg=all", "swarm/stats?arg=system",
          "swarm/limit?arg=all", "swarm/limit?arg=system"}) {
      CAPTURE(call);
      CAPTURE(body);
      CHECK(Ask(resources_collector, call, {200, body}).verdict == "schema");
    }
  }
  CHECK(Resources("<html>").verdict == "parse");
}

TEST_CASE(
    "resources: daemons without a resource manager, or with another one") {
  struct Row {
    std::string daemon;
    std::string call;
  };
  const Row rows[] = {
      {"v0.8.0/online", "swarm/resources"},
      {"v0.8.0/online", "swarm/stats?arg=all"},
      {"v0.8.0/online", "swarm/limit?arg=system"},
      {"v0.14.0/online", "swarm/limit?arg=all"},
      {"v0.14.0/online", "swarm/stats?arg=all"},
      {"v0.14.0/minimal", "swarm/limit?arg=system"},
      {"v0.18.1/online", "swarm/resources"},
      {"v0.42.0/minimal", "swarm/resources"},
      {"v0.42.0/offline", "swarm/resources"},
      {"v0.42.0/online", "swarm/stats?arg=system"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    CAPTURE(row.call);
    CHECK(Ask(resources_collector, row.call, Recorded(row.daemon)).verdict ==
          "unsupported");
  }
}

TEST_CASE("resources: usage in three generations of replies") {
  struct Row {
    std::string daemon;
    std::string call;
    std::string streams;  // inbound, outbound
  };
  const Row rows[] = {
      {"v0.14.0/online", "swarm/stats?arg=system", "7 6"},
      {"v0.18.1/online", "swarm/stats?arg=all", "7 6"},
      {"v0.19.2/online", "swarm/resources", "1 1"},
      {"v0.42.0/online", "swarm/resources", "7 6"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const auto lines =
        Ask(resources_collector, row.call, Recorded(row.daemon)).lines;
    const auto system = [&](const std::string& name) {
      return Of(lines, "ipfs_resource_" + name + "{scope=\"system\"");
    };
    CHECK(system("memory_bytes") ==
          "ipfs_resource_memory_bytes{scope=\"system\"} 3407904\n");
    CHECK(system("fds") == "ipfs_resource_fds{scope=\"system\"} 2\n");
    CHECK(system("connections") ==
          "ipfs_resource_connections{scope=\"system\",direction=\"inbound\"} "
          "1\n"
          "ipfs_resource_connections{scope=\"system\",direction=\"outbound\"} "
          "1\n");
    CHECK(
        system("streams") ==
        "ipfs_resource_streams{scope=\"system\",direction=\"inbound\"} " +
            row.streams.substr(0, 1) +
            "\n"
            "ipfs_resource_streams{scope=\"system\",direction=\"outbound\"} " +
            row.streams.substr(2) + "\n");
  }
}

TEST_CASE("resources: limits in three generations of replies") {
  struct Row {
    std::string daemon;
    std::string call;
    std::string lines;
  };
  const std::string streams = "ipfs_resource_streams_limit{scope=\"system\",";
  const std::string connections =
      "ipfs_resource_connections_limit{scope=\"system\",";
  const Row rows[] = {
      {"v0.14.0/online", "swarm/limit?arg=system",
       "ipfs_resource_memory_limit_bytes{scope=\"system\"} 3159562752\n"
       "ipfs_resource_fds_limit{scope=\"system\"} 4096\n" +
           connections + "direction=\"inbound\"} 2048\n" + connections +
           "direction=\"outbound\"} 65536\n" + streams +
           "direction=\"inbound\"} 16384\n" + streams +
           "direction=\"outbound\"} 65536\n"},
      {"v0.18.1/online", "swarm/limit?arg=all",
       "ipfs_resource_memory_limit_bytes{scope=\"system\"} 13000000000\n"
       "ipfs_resource_fds_limit{scope=\"system\"} 10000\n" +
           connections + "direction=\"inbound\"} 12397\n"},
      {"v0.42.0/online", "swarm/resources",
       "ipfs_resource_memory_limit_bytes{scope=\"system\"} 12638251008\n"
       "ipfs_resource_fds_limit{scope=\"system\"} 10000\n" +
           connections + "direction=\"inbound\"} 12052\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const auto lines =
        Ask(resources_collector, row.call, Recorded(row.daemon)).lines;
    const auto system = [&](const std::string& name) {
      return Of(lines, "ipfs_resource_" + name + "{scope=\"system\"");
    };
    CHECK(system("memory_limit_bytes") + system("fds_limit") +
              system("connections_limit") + system("streams_limit") ==
          row.lines);
  }
  CHECK(Of(Ask(resources_collector, "swarm/stats?arg=all",
               Recorded("v0.18.1/online"))
               .lines,
           "ipfs_resource_memory_limit") == "");
}

TEST_CASE("resources: limits as numbers and strings, and no limits") {
  struct Row {
    std::string limit;
    std::string of_resources;
    std::string of_limit;
  };
  const Row rows[] = {
      {R"("unlimited")", "", ""},
      {R"("default")", "", ""},
      {R"("")", "", ""},
      {R"("-1")", "", ""},
      {"-1", "", ""},
      {"null", "", ""},
      {"{}", "", ""},
      {"1000000000", "1000000000", ""},
      {R"("1000000000")", "1000000000", ""},
      {"999999999", "999999999", "999999999"},
      {R"("blockAll")", "0", "0"},
      {"0", "0", "0"},
      {R"("12638251008")", "12638251008", "12638251008"},
  };
  const auto line = [](const std::string& limit) {
    return limit.empty()
               ? ""
               : "ipfs_resource_memory_limit_bytes{scope=\"system\"} " + limit +
                     "\n";
  };
  for (const auto& row : rows) {
    CAPTURE(row.limit);
    const auto scope = R"({"Memory":)" + row.limit + "}";
    CHECK(Resources(R"({"System":)" + scope + "}").lines ==
          line(row.of_resources));
    CHECK(Limit(scope).lines == line(row.of_limit));
  }
}

TEST_CASE("resources: unknown usage is absent") {
  for (const std::string usage : {"null", "-1", "\"much\"", "[]"}) {
    CAPTURE(usage);
    CHECK(Resources(R"({"System":{"MemoryUsage":)" + usage + "}}").lines == "");
  }
  CHECK(Resources(R"({"System":{"FDUsage":"3"}})").lines ==
        "ipfs_resource_fds{scope=\"system\"} 3\n");
}

TEST_CASE(
    "resources: zeros while peers are connected mean a disabled manager") {
  const Recorded off("v0.18.1/minimal");
  const auto& zeros = off.Find("/api/v0/swarm/stats?arg=system");
  const auto ask = [&](DaemonState daemon, const Answer& answer) {
    return Ask(resources_collector, "swarm/stats?arg=system", answer, daemon)
        .verdict;
  };
  CHECK(ask(With(R"([{"Peer":"Qm"}])"), zeros) == "unsupported");
  CHECK(ask(With("null"), zeros) == "ok");
  CHECK(ask(With(R"([{"Peer":"Qm"}])"),
            {200, R"({"System":{"Memory":0,"FD":1}})"}) == "ok");
  // Since Kubo 0.19 the daemon answers with an error instead.
  auto daemon = With(R"([{"Peer":"Qm"}])");
  CHECK(Ask(resources_collector, "swarm/resources",
            {200, R"({"System":{"Memory":"13","MemoryUsage":0},)"
                  R"("Transient":{"MemoryUsage":5}})"},
            daemon)
            .verdict == "ok");
}

TEST_CASE("resources: zeros are left out if the connected peers are unknown") {
  const Recorded off("v0.18.1/minimal");
  const auto& zeros = off.Find("/api/v0/swarm/stats?arg=system");
  const auto ask = [&](DaemonState daemon) {
    return Ask(resources_collector, "swarm/stats?arg=system", zeros, daemon);
  };
  auto before = With(R"([{"Peer":"Qm"}])");
  before.now += std::chrono::minutes(11);
  for (const auto& daemon : {DaemonState{}, before}) {
    CHECK(ask(daemon).verdict == "ok");
    CHECK(ask(daemon).lines == "");
  }
  CHECK(Of(ask(With("null")).lines, "ipfs_resource_fds") ==
        "ipfs_resource_fds{scope=\"system\"} 0\n");
  // Usage above zero is served in any case.
  DaemonState unknown;
  CHECK(Ask(resources_collector, "swarm/stats?arg=system",
            {200, R"({"System":{"Memory":0,"FD":1}})"}, unknown)
            .lines ==
        "ipfs_resource_memory_bytes{scope=\"system\"} 0\n"
        "ipfs_resource_fds{scope=\"system\"} 1\n");
}

TEST_CASE("resources: scopes of services and protocols, if wanted") {
  struct Row {
    std::vector<std::string> kinds;
    std::string lines;
  };
  const std::string body =
      R"({"System":{},"Transient":{"FDUsage":1},
          "Services":{"libp2p.ping":{"FDUsage":2},"":{"FDUsage":9},
                      "bad\u0000":{"FDUsage":9},"none":null},
          "Protocols":{"/ipfs/id/1.0.0":{"FDUsage":3}},
          "Peers":{"Qm":{"FDUsage":4}}})";
  const std::string fds = "ipfs_resource_fds{scope=\"";
  const auto transient = fds + "transient\"} 1\n";
  const auto service = fds + "service:libp2p.ping\"} 2\n";
  const auto protocol = fds + "protocol:/ipfs/id/1.0.0\"} 3\n";
  const Row rows[] = {
      {{}, transient},
      {{"service"}, transient + service},
      {{"protocol"}, transient + protocol},
      {{"protocol", "service"}, transient + service + protocol},
      {{"peer", "Peers"}, transient},
  };
  for (const auto& row : rows) {
    CAPTURE(row.lines);
    Settings settings;
    settings.resource_scopes = row.kinds;
    CHECK(Resources(body, settings).lines == row.lines);
  }
  for (const std::string none : {"null", "[]", "7"}) {
    Settings settings;
    settings.resource_scopes = {"service"};
    CHECK(Resources(R"({"System":{},"Services":)" + none + "}", settings)
              .verdict == "ok");
  }
}

TEST_CASE("resources: 256 scopes are read, and no peers") {
  std::string services;
  std::string peers;
  for (int i = 0; i < 300; ++i) {
    services += R"("s)" + std::to_string(i) + R"(":{"FDUsage":1},)";
  }
  for (int i = 0; i < 50'000; ++i) {
    peers += R"("Qm)" + std::to_string(i) + R"(":{"MemoryUsage":1},)";
  }
  REQUIRE(peers.size() > 1024 * 1024);
  Settings settings;
  settings.resource_scopes = {"service"};
  const auto lines =
      Resources(R"({"System":{},"Services":{)" + services +
                    R"("last":{}},"Peers":{)" + peers + R"("last":{}}})",
                settings)
          .lines;
  CHECK(Of(lines, "ipfs_resource_fds{scope=\"service:s255\"") ==
        "ipfs_resource_fds{scope=\"service:s255\"} 1\n");
  CHECK(Of(lines, "ipfs_resource_fds{scope=\"service:s256\"") == "");
}

TEST_CASE("resources: Kubo 0.18 has no limits of transient") {
  const auto recorded = Recorded("v0.18.1/online");
  const auto lines =
      Ask(resources_collector, "swarm/limit?arg=all", recorded).lines;
  CHECK(lines.find("system") != std::string::npos);
  CHECK(lines.find("transient") == std::string::npos);
}

TEST_CASE("resources: each generation is a fallback of the newer one") {
  const auto requests = resources_collector.requests({});
  REQUIRE(requests.size() == 5);
  struct Row {
    std::string target;
    std::optional<std::size_t> fallback_of;
    std::string leave_out;
  };
  const Row rows[] = {
      {"swarm/resources", {}, "Peers"},  {"swarm/stats?arg=all", 0, "Peers"},
      {"swarm/stats?arg=system", 1, ""}, {"swarm/limit?arg=all", 0, "Peers"},
      {"swarm/limit?arg=system", 3, ""},
  };
  for (std::size_t i = 0; i < requests.size(); ++i) {
    CHECK(requests[i].target == rows[i].target);
    CHECK((requests[i].fallback_of == rows[i].fallback_of));
    CHECK(requests[i].leave_out == rows[i].leave_out);
  }
}

TEST_CASE(
    "resources: messages that say there is no manager, or no such scope") {
  const std::string off =
      "missing ResourceMgr: make sure the daemon is running with "
      "Swarm.ResourceMgr.Enabled";
  for (const auto& request : resources_collector.requests({})) {
    CAPTURE(request.target);
    CHECK(AskError(resources_collector, request.target, off) == "unsupported");
  }
  CHECK(AskError(resources_collector, "swarm/limit?arg=all",
                 "invalid scope \"all\"") == "unsupported");
  CHECK(AskError(resources_collector, "swarm/limit?arg=system",
                 "invalid scope \"system\"") == "http_status");
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
