#include <doctest/doctest.h>

#include <algorithm>

#include "adapters/ipfs/collector.h"
#include "adapters/ipfs/reply.h"
#include "tests/adapters/lines.h"
#include "tests/cpu_time.h"
#include "tests/recorded.h"

namespace ipfs_peer_exporter::ipfs {
namespace {

// The relayed part of a page that arrives in pieces of `size`.
struct Relayed {
  std::string verdict;
  std::string text;
  std::string own;  // the families of ours
};

Relayed Relay(const std::string& page, std::vector<std::string> keep = {"x"},
              std::size_t size = 1 << 20) {
  const auto requests = native_collector.requests(
      {.resource_scopes = {}, .native_keep = std::move(keep)});
  DaemonState daemon;
  ReplyReader reader(requests.front(), daemon);
  for (std::size_t at = 0; at < page.size(); at += size) {
    const auto fed = reader.Feed(200, std::string_view(page).substr(at, size));
    if (!fed) return {std::string(Name(fed.error().reason)), "", ""};
  }
  const auto outcome = reader.Finish(200, "");
  if (outcome.error) return {std::string(Name(outcome.error->reason)), "", ""};
  Relayed relayed{"ok", "", Lines(reader.families())};
  for (const auto& family : reader.relayed()) {
    relayed.text += family.header + family.samples;
  }
  return relayed;
}

TEST_CASE("native: a page with any error is rejected") {
  const std::string good = "# TYPE x gauge\nx 1\n";
  struct Row {
    std::string page;
    std::string verdict;
  };
  const Row rows[] = {
      {"\n", "schema"},
      {"<!DOCTYPE html>\n", "parse"},
      {"{\"Message\":\"no\"}", "parse"},
      {good + "x2", "parse"},
      {good + "x2 1", "parse"},  // without an end
      {good + "x 1\n", "parse"},
      {good + "y 1\n" + good, "parse"},
      {good + "x2{a=\"b\"} 1\nx2{a=\"b\"} 2\n", "parse"},
      {good + "x2{a=\"b\",c=\"d\"} 1\nx2{c=\"d\", a=\"b\"} 1\n", "parse"},
      {good + "x2 1\nx2\t2\n", "parse"},
      {good + "x2 1 1000\nx2 2 2000\n", "parse"},
      {good + "x2{a=\"\xff\"} 1\n", "parse"},
      {"# TYPE x gouge\nx 1\n", "parse"},
      {good + std::string(64 * 1024 + 1, 'x'), "too_large"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.page.substr(0, 80));
    CHECK(Relay(row.page).verdict == row.verdict);
  }
}

TEST_CASE("native: kept families are relayed unchanged") {
  const std::string page =
      "# HELP x_a One, \\\\ and \\n.\n# TYPE x_a counter\n"
      "x_a{b=\"\\\"c\\\"\"} 1e+06\nx_a 2 1700000000000\n"
      "# TYPE x_h histogram\nx_h_bucket{le=\"+Inf\"} 1\nx_h_sum 0.5\n"
      "x_h_count 1\n"
      "x_untyped NaN\n";
  CHECK(Relay(page).text == page);
  CHECK(Relay(page, {"x_"}, 1).text == page);
  CHECK(Relay("# a remark\n\n" + page + "y 1\n").text == page);
}

TEST_CASE("native: a tab before a value") {
  const std::string page =
      "# TYPE x summary\nx_sum\t1\nx_count\t2\nx{quantile=\"0.5\"}\t3\n"
      "x_y{a=\"} \"}\t4\nx_y{a=\"} 1\"}\t4 5\n";
  CHECK(Relay(page).text == page);
}

TEST_CASE("native: families are chosen by how their names begin") {
  const std::string page = "ab 1\nabc 2\nb 3\nc_ab 4\n";
  CHECK(Relay(page, {"ab"}).text == "ab 1\nabc 2\n");
  CHECK(Relay(page, {"b", "abc"}).text == "abc 2\nb 3\n");
  CHECK(Relay(page, {}).text == "");
}

TEST_CASE("native: process_* becomes ipfs_daemon_*") {
  const std::string page =
      "# HELP process_cpu_seconds_total T.\n"
      "# TYPE process_cpu_seconds_total counter\n"
      "process_cpu_seconds_total 12.5\nprocess_max_fds 1024\n"
      "process_open_fds 7\nprocess_resident_memory_bytes 1.5e+08\n"
      "process_start_time_seconds 1.76e+09\nx 1\n";
  const std::string own =
      "ipfs_daemon_cpu_seconds_total 12.5\n"
      "ipfs_daemon_resident_memory_bytes 150000000\n"
      "ipfs_daemon_open_fds 7\n"
      "ipfs_daemon_start_time_seconds 1760000000\n";
  for (const std::size_t size : {1u, 1u << 20}) {
    const auto relayed = Relay(page, {"x", "process_"}, size);
    CHECK(relayed.own == own);
    CHECK(relayed.text == "x 1\n");  // even with the prefix process_
  }
}

TEST_CASE("native: missing process_* is absent") {
  CHECK(Relay("x 1\n").own == "");
  CHECK(Relay("process_open_fds NaN\nprocess_cpu_seconds_total -1\n"
              "process_resident_memory_bytes{a=\"b\"} 1\n"
              "process_start_time_seconds +Inf\n")
            .own == "");
}

TEST_CASE("native: series with source paths in labels are dropped") {
  CHECK(Relay("x{subscriber_name=\"identify (loop)\"} 1\n"
              "x{subscriber_name=\"a/b.go-L7\"} 2\n"
              "x{other=\"a/b.go-L7\"} 3\n")
            .text ==
        "x{subscriber_name=\"identify (loop)\"} 1\n"
        "x{other=\"a/b.go-L7\"} 3\n");
}

TEST_CASE("native: 5,000 series are relayed, one more is too much") {
  std::string page;
  for (int i = 0; i < 5000; ++i)
    page += "x{n=\"" + std::to_string(i) + "\"} 1\n";
  CHECK(Relay(page).text == page);
  CHECK(Relay(page + "y 1\n").verdict == "ok");  // it is not wanted
  CHECK(Relay(page + "x2 1\n").verdict == "too_large");
}

TEST_CASE("native: small families after a large one take no longer") {
  std::string large;
  std::string small;
  for (int i = 0; i < 60'000; ++i) {
    large += "a{b=\"" + std::to_string(i) + "\"} 1\n";
    small += "b" + std::to_string(i) + " 1\n";
  }
  const auto time = [](const std::string& page) {
    const auto began = CpuTime();
    CHECK(Relay(page).verdict == "ok");
    return CpuTime() - began;
  };
  CHECK(time(large + small) < 5 * time(small + large));
}

TEST_CASE("native: the pages of recorded daemons") {
  for (const std::string daemon : {"v0.8.0/online", "v0.42.0/online"}) {
    const auto page =
        Recorded(daemon).Find("GET /debug/metrics/prometheus").body;
    const auto keep = Settings().native_keep;
    const auto relayed = Relay(page, keep);
    CHECK(relayed.verdict == "ok");
    CHECK(relayed.text.find("\nipfs_bitswap_wantlist_total ") !=
          std::string::npos);
    CHECK(relayed.text.find("go_goroutines") == std::string::npos);
    CHECK(Relay(page, keep, 7).text == relayed.text);
    CHECK(std::count(relayed.own.begin(), relayed.own.end(), '\n') == 4);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter::ipfs
