#include <doctest/doctest.h>

#include "tests/adapters/ipfs/ask.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

Asked Provide(const std::string& body) {
  return Ask(provide_collector, "provide/stat", Answer{200, body});
}

Asked Lan(const std::string& body) {
  return Ask(provide_collector, "provide/stat?lan", Answer{200, body});
}

TEST_CASE("provide: a reply of unknown shape is rejected") {
  for (const std::string body :
       {"{}", "null", "[]", "7", R"({"Sweep":null,"Legacy":null})",
        R"({"Sweep":null,"Legacy":{}})", R"({"Sweep":[],"Legacy":7})",
        R"({"TotalProvides":1})", R"({"Version":"0.42.0"})"}) {
    CAPTURE(body);
    CHECK(Provide(body).verdict == "schema");
    CHECK(Ask(provide_collector, "stats/provide", {200, body}).verdict ==
          "schema");
  }
  CHECK(Provide("<html>").verdict == "parse");
}

TEST_CASE("provide: daemons without the call or its data") {
  struct Row {
    std::string daemon;
    std::string call;
  };
  const Row rows[] = {
      {"v0.8.0/online", "provide/stat"},
      {"v0.8.0/online", "stats/provide"},
      {"v0.12.2/online", "stats/provide"},  // not accelerated
      {"v0.36.0/online", "provide/stat"},
      {"v0.38.2/altprovide", "provide/stat"},  // a sweep
      {"v0.38.2/altprovide", "stats/provide"},
      {"v0.42.0/minimal", "provide/stat"},  // no routing
      {"v0.42.0/minimal", "provide/stat?lan"},
      {"v0.42.0/offline", "provide/stat"},
      {"v0.38.2/online", "provide/stat?lan"},  // the same again
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    CAPTURE(row.call);
    CHECK(Ask(provide_collector, row.call, Recorded(row.daemon)).verdict ==
          "unsupported");
  }
  // Without a sweep the daemon does not look at lan=true.
  const Recorded same("v0.42.0/altprovide");
  CHECK(Lan(same.Find("/api/v0/provide/stat").body).verdict == "unsupported");
}

TEST_CASE("provide: the older systems, each in its shape") {
  struct Row {
    std::string daemon;
    std::string call;
    std::string lines;
  };
  const Row rows[] = {
      {"v0.32.1/online", "stats/provide",
       "ipfs_provide_provides_total 67\n"
       "ipfs_provide_last_batch_keys 59\n"
       "ipfs_provide_last_reprovide_duration_seconds 0.030262199\n"},
      {"v0.34.1/online", "stats/provide",
       "ipfs_provide_provides_total 110\n"
       "ipfs_provide_last_batch_keys 59\n"
       "ipfs_provide_last_run_timestamp_seconds 1795361362.2740767\n"
       "ipfs_provide_reprovide_interval_seconds 79200\n"
       "ipfs_provide_last_reprovide_duration_seconds 0.028108114\n"},
      {"v0.36.0/online", "stats/provide",
       "ipfs_provide_reprovides_total 60\n"
       "ipfs_provide_last_batch_keys 60\n"
       "ipfs_provide_last_run_timestamp_seconds 1795361334.3202724\n"
       "ipfs_provide_reprovide_interval_seconds 79200\n"
       "ipfs_provide_last_reprovide_duration_seconds 0.027316868\n"},
      {"v0.38.2/online", "provide/stat",
       "ipfs_provide_reprovides_total 51\n"
       "ipfs_provide_last_batch_keys 51\n"
       "ipfs_provide_last_run_timestamp_seconds 1795361302.0080185\n"
       "ipfs_provide_reprovide_interval_seconds 79200\n"
       "ipfs_provide_last_reprovide_duration_seconds 0.022002301\n"},
      // It never ran: all but the interval are placeholders.
      {"v0.34.1/accelerated", "stats/provide",
       "ipfs_provide_reprovide_interval_seconds 79200\n"},
      {"v0.36.0/accelerated", "stats/provide",
       "ipfs_provide_reprovide_interval_seconds 79200\n"},
      {"v0.36.0/minimal", "stats/provide", ""},
      {"v0.42.0/altprovide", "provide/stat",
       "ipfs_provide_reprovide_interval_seconds 79200\n"},
      // Without LastRun it is unknown whether it ran.
      {"v0.12.2/accelerated", "stats/provide",
       "ipfs_provide_provides_total 0\n"
       "ipfs_provide_last_batch_keys 0\n"
       "ipfs_provide_last_reprovide_duration_seconds 0\n"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.daemon);
    const auto asked = Ask(provide_collector, row.call, Recorded(row.daemon));
    CHECK(asked.verdict == "ok");
    CHECK(asked.lines == row.lines);
  }
}

TEST_CASE("provide: an older system that provided before its first run ended") {
  CHECK(Provide(R"({"Sweep":null,"Legacy":{"TotalReprovides":3,)"
                R"("LastReprovideBatchSize":0,"ReprovideInterval":0,)"
                R"("LastReprovideDuration":0,)"
                R"("LastRun":"0001-01-01T00:00:00Z"}})")
            .lines == "ipfs_provide_reprovides_total 3\n");
}

TEST_CASE("provide: the sweep of a private network is in the lan half") {
  CHECK(Ask(provide_collector, "provide/stat?lan", Recorded("v0.42.0/online"))
            .lines ==
        "ipfs_provide_connected{dht=\"lan\"} 1\n"
        "ipfs_provide_queued_keys{dht=\"lan\"} 0\n"
        "ipfs_provide_queued_regions{dht=\"lan\",kind=\"provide\"} 0\n"
        "ipfs_provide_queued_regions{dht=\"lan\",kind=\"reprovide\"} 0\n"
        "ipfs_provide_scheduled_keys{dht=\"lan\"} 51\n"
        "ipfs_provide_scheduled_regions{dht=\"lan\"} 1\n"
        "ipfs_provide_next_reprovide_timestamp_seconds{dht=\"lan\"} "
        "1795440335.3772793\n"
        "ipfs_provide_active_workers{dht=\"lan\",kind=\"periodic\"} 0\n"
        "ipfs_provide_active_workers{dht=\"lan\",kind=\"burst\"} 0\n"
        "ipfs_provide_dedicated_workers{dht=\"lan\",kind=\"periodic\"} 2\n"
        "ipfs_provide_dedicated_workers{dht=\"lan\",kind=\"burst\"} 1\n"
        "ipfs_provide_queued_workers{dht=\"lan\",kind=\"periodic\"} 0\n"
        "ipfs_provide_queued_workers{dht=\"lan\",kind=\"burst\"} 0\n"
        "ipfs_provide_max_workers{dht=\"lan\"} 16\n"
        "ipfs_provide_ongoing_keys{dht=\"lan\",kind=\"provide\"} 0\n"
        "ipfs_provide_ongoing_keys{dht=\"lan\",kind=\"reprovide\"} 0\n"
        "ipfs_provide_ongoing_regions{dht=\"lan\",kind=\"provide\"} 0\n"
        "ipfs_provide_ongoing_regions{dht=\"lan\",kind=\"reprovide\"} 0\n"
        "ipfs_provide_records_provided_total{dht=\"lan\"} 102\n"
        "ipfs_provide_keys_provided_total{dht=\"lan\"} 51\n"
        "ipfs_provide_keys_failed_total{dht=\"lan\"} 0\n"
        "ipfs_provide_last_reprovide_duration_seconds{dht=\"lan\"} "
        "0.003491293\n"
        "ipfs_provide_network_peers{dht=\"lan\"} 2\n"
        "ipfs_provide_reachable_peers{dht=\"lan\"} 2\n"
        "ipfs_provide_keyspace_covered{dht=\"lan\"} 0\n"
        "ipfs_provide_average_holders{dht=\"lan\"} 20\n"
        "ipfs_provide_replication_factor{dht=\"lan\"} 20\n"
        "ipfs_provide_reprovide_interval_seconds{dht=\"lan\"} 79200\n"
        "ipfs_provide_closed{dht=\"lan\"} 0\n"
        "ipfs_provide_start_timestamp_seconds{dht=\"lan\"} "
        "1795361135\n");
}

TEST_CASE(
    "provide: of a half that never was online the placeholders are "
    "absent") {
  const auto lines =
      Ask(provide_collector, "provide/stat", Recorded("v0.42.0/online")).lines;
  for (const std::string name :
       {"ipfs_provide_connected", "ipfs_provide_next_reprovide"}) {
    CAPTURE(name);
    CHECK(Of(lines, name) == "");
  }
  CHECK(Of(lines, "ipfs_provide_closed") ==
        "ipfs_provide_closed{dht=\"wan\"} 0\n");
  CHECK(Of(lines, "ipfs_provide_scheduled") ==
        "ipfs_provide_scheduled_keys{dht=\"wan\"} 51\n"
        "ipfs_provide_scheduled_regions{dht=\"wan\"} 0\n");
}

TEST_CASE("provide: a sweep in which nothing is known") {
  const std::string bodies[] = {
      R"({"Sweep":{}})",
      R"({"Sweep":{"queues":null,"schedule":[],"workers":7,"timing":"x"}})",
      R"({"Sweep":{"schedule":{"keys":-1,
          "next_reprovide_at":"0001-01-01T00:00:00Z"},
          "network":{"avg_holders":null,"peers":"many"},"closed":null,
          "timing":{"cycle_start":"0001-01-01T00:00:00Z","uptime":5,
          "current_time_offset":5}}})",
  };
  for (const auto& body : bodies) {
    CAPTURE(body);
    CHECK(Provide(body).verdict == "ok");
    CHECK(Provide(body).lines == "");
    CHECK(Lan(body).verdict == "ok");
    CHECK(Lan(body).lines == "");
  }
}

TEST_CASE("provide: averages of nothing are absent") {
  const auto lines = [](const std::string& average) {
    return Provide(R"({"Sweep":{"network":{"avg_holders":)" + average +
                   R"(},"operations":{"past":{"reprovide_duration":)" +
                   average + "}}}}")
        .lines;
  };
  CHECK(lines("0") == "");
  CHECK(lines("2") ==
        "ipfs_provide_last_reprovide_duration_seconds{dht=\"wan\"} 2e-09\n"
        "ipfs_provide_average_holders{dht=\"wan\"} 2\n");
}

TEST_CASE("provide: whether the DHT can be reached") {
  struct Row {
    std::string connectivity;
    std::string value;
  };
  const std::string since = R"(,"since":"2026-11-22T15:25:35Z"})";
  const Row rows[] = {
      {R"({"status":"online")" + since, "1"},
      {R"({"status":"disconnected")" + since, "0"},
      {R"({"status":"offline")" + since, "0"},
      {R"({"status":"offline","since":"0001-01-01T00:00:00Z"})", ""},
      {R"({"status":"online"})", "1"},
      {R"({"status":"disconnected"})", ""},
      {R"({"status":"")" + since, ""},
      {R"({"status":null)" + since, ""},
      {"null", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.connectivity);
    CHECK(Lan(R"({"Sweep":{"connectivity":)" + row.connectivity + "}}").lines ==
          (row.value.empty()
               ? ""
               : "ipfs_provide_connected{dht=\"lan\"} " + row.value + "\n"));
  }
}

TEST_CASE("provide: when it started, by the daemon's own clock") {
  CHECK(Provide(R"({"Sweep":{"timing":{"uptime":90000000000,
                    "cycle_start":"1970-01-01T00:02:00Z",
                    "current_time_offset":30000000000}}})")
            .lines == "ipfs_provide_start_timestamp_seconds{dht=\"wan\"} 60\n");
}

TEST_CASE("provide: the start does not move with the time an answer takes") {
  for (const std::string uptime :
       {"89999000000", "90000000000", "90002500000", "90400000000"}) {
    CAPTURE(uptime);
    CHECK(Provide(R"({"Sweep":{"timing":{"uptime":)" + uptime +
                  R"(,"cycle_start":"1970-01-01T00:02:00Z",
                      "current_time_offset":30000000000}}})")
              .lines ==
          "ipfs_provide_start_timestamp_seconds{dht=\"wan\"} 60\n");
  }
}

TEST_CASE("provide: of a sweep that was shut down nothing else is known") {
  CHECK(Provide(R"({"Sweep":{"closed":true,
            "connectivity":{"status":"","since":"0001-01-01T00:00:00Z"},
            "queues":{"pending_key_provides":0},"schedule":{"keys":0},
            "timing":{"uptime":0,"cycle_start":"0001-01-01T00:00:00Z"},
            "operations":{"past":{"keys_provided":0}},
            "network":{"peers":0,"complete_keyspace_coverage":false}}})")
            .lines == "ipfs_provide_closed{dht=\"wan\"} 1\n");
}

TEST_CASE("provide: both DHTs, with the old call as fallback") {
  const auto requests = provide_collector.requests({});
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].target == "provide/stat");
  CHECK(requests[1].target == "stats/provide");
  CHECK(requests[1].fallback_of == 0);
  CHECK(requests[2].target == "provide/stat?lan=true");
}

TEST_CASE("provide: messages about another provide system") {
  struct Row {
    std::string call;
    std::string message;
    std::string verdict;
  };
  const std::string other =
      "stats not available with current routing system "
      "*node.NoopProvider";
  const Row rows[] = {
      {"stats/provide",
       "can only return stats if Experimental.AcceleratedDHTClient is enabled",
       "unsupported"},
      {"stats/provide",
       "stats not available with experimental sweeping provider "
       "(Provide.DHT.SweepEnabled=true)",
       "unsupported"},
      {"provide/stat", other, "unsupported"},
      {"provide/stat?lan=true", other, "unsupported"},
      {"provide/stat?lan=true",
       "LAN stats only available for Sweep provider with Dual DHT",
       "unsupported"},
      {"provide/stat", "routing service is not a DHT", "http_status"},
      {"provide/stat", "context canceled", "http_status"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.call);
    CAPTURE(row.message);
    CHECK(AskError(provide_collector, row.call, row.message) == row.verdict);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
