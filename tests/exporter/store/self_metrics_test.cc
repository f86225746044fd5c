#include "exporter/store/self_metrics.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "adapters/ipfs/collector.h"
#include "adapters/peer/samples.h"
#include "exporter/poll/peer_poller.h"
#include "exporter/store/store.h"
#include "tests/adapters/lines.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string MetricsOf(const CollectorState& state) {
  return Lines(CollectorMetrics(state));
}

CollectorState NewState() {
  CollectorState state;
  state.name = "ipfs.swarm";
  state.source = "ipfs";
  state.interval = seconds(15);
  return state;
}

// The value of a family without labels, or of its first sample.
std::optional<double> Value(const Families& families, std::string_view name) {
  for (const auto& family : families.list()) {
    if (family.name != name) continue;
    const auto& metric = family.metric.front();
    return family.type == kCounter ? metric.counter.value : metric.gauge.value;
  }
  return std::nullopt;
}

TEST_CASE("self_metrics: a collector before its first poll") {
  CHECK(
      MetricsOf(NewState()) ==
      "ipfs_peer_exporter_collector_poll_seconds_total{collector=\"ipfs.swarm\"} 0\n"
      "ipfs_peer_exporter_collector_interval_seconds{collector=\"ipfs.swarm\"} 15\n"
      "ipfs_peer_exporter_collector_polls_total{collector=\"ipfs.swarm\"} 0\n");
}

TEST_CASE("self_metrics: a collector that works after an error") {
  auto state = NewState();
  state.supported = true;
  state.success = true;
  state.last_duration = milliseconds(250);
  state.total_duration = milliseconds(1500);
  state.last_success = 1732297200.5;
  state.polls = 6;
  state.errors[Reason::kTimeout] = 2;
  state.skipped[SkipReason::kDepth] = 3;
  state.skipped[SkipReason::kName] = 1;
  CHECK(
      MetricsOf(state) ==
      "ipfs_peer_exporter_collector_success{collector=\"ipfs.swarm\"} 1\n"
      "ipfs_peer_exporter_collector_supported{collector=\"ipfs.swarm\"} 1\n"
      "ipfs_peer_exporter_collector_duration_seconds{collector=\"ipfs.swarm\"} 0.25\n"
      "ipfs_peer_exporter_collector_poll_seconds_total{collector=\"ipfs.swarm\"} 1.5\n"
      "ipfs_peer_exporter_collector_interval_seconds{collector=\"ipfs.swarm\"} 15\n"
      "ipfs_peer_exporter_collector_last_success_timestamp_seconds{collector=\"ipfs.swarm\"} 1732297200.5\n"
      "ipfs_peer_exporter_collector_polls_total{collector=\"ipfs.swarm\"} 6\n"
      "ipfs_peer_exporter_collector_errors_total{collector=\"ipfs.swarm\",reason=\"timeout\"} 2\n"
      "ipfs_peer_exporter_skipped_samples_total{collector=\"ipfs.swarm\",reason=\"name\"} 1\n"
      "ipfs_peer_exporter_skipped_samples_total{collector=\"ipfs.swarm\",reason=\"depth\"} 3\n");
}

TEST_CASE("self_metrics: an unsupported collector has no success") {
  auto state = NewState();
  state.supported = false;
  state.polls = 1;
  const auto lines = MetricsOf(state);
  CHECK(lines.find("collector_success") == std::string::npos);
  CHECK(lines.starts_with(
      "ipfs_peer_exporter_collector_supported{collector=\"ipfs.swarm\"} 0\n"));
}

TEST_CASE("self_metrics: a collector without success has no timestamp") {
  auto state = NewState();
  state.supported = true;
  state.success = false;
  state.polls = 1;
  const auto lines = MetricsOf(state);
  CHECK(lines.starts_with(
      "ipfs_peer_exporter_collector_success{collector=\"ipfs.swarm\"} 0\n"));
  CHECK(lines.find("last_success") == std::string::npos);
}

TEST_CASE("self_metrics: scrapes are counted by page and code") {
  ScrapeCounter scrapes;
  scrapes.Count("metrics", 200);
  scrapes.Count("metrics", 200);
  scrapes.Count("metrics", 400);
  scrapes.Count("peer", 200);
  const auto lines = Lines(ScrapeMetrics(scrapes.Counts()));
  const std::string expected =
      "ipfs_peer_exporter_scrapes_total{page=\"metrics\",code=\"200\"} 2\n"
      "ipfs_peer_exporter_scrapes_total{page=\"metrics\",code=\"400\"} 1\n"
      "ipfs_peer_exporter_scrapes_total{page=\"peer\",code=\"200\"} 1\n";
  CHECK(lines == expected);
}

TEST_CASE("self_metrics: scrapes are counted on two threads") {
  ScrapeCounter scrapes;
  const auto count = [&scrapes] {
    for (int i = 0; i < 1000; ++i) scrapes.Count("metrics", 200);
  };
  std::thread other(count);
  count();
  other.join();
  CHECK(scrapes.Counts().at({"metrics", 200}) == 2000);
}

TEST_CASE("self_metrics: no scrapes_total before the first scrape") {
  CHECK(Lines(ScrapeMetrics({})) == "");
}

TEST_CASE("self_metrics: the build has version, revision and compiler") {
  const auto lines = Lines(ProcessMetrics());
  CHECK(lines.starts_with("ipfs_peer_exporter_build_info{version=\""));
  for (const std::string label : {"version", "revision", "compiler"}) {
    CAPTURE(label);
    CHECK(lines.find(label + "=\"\"") == std::string::npos);
    CHECK(lines.find(label + "=\"") != std::string::npos);
  }
}

TEST_CASE("self_metrics: process_* describes this process") {
  const auto metrics = ProcessMetrics();
  CHECK(Value(metrics, "process_resident_memory_bytes") > 1e6);
  CHECK(Value(metrics, "process_virtual_memory_bytes") >=
        Value(metrics, "process_resident_memory_bytes"));
  CHECK(Value(metrics, "process_cpu_seconds_total") >= 0);
  CHECK(Value(metrics, "process_max_fds") >= 64);
  const auto now = std::chrono::duration<double>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  CHECK(Value(metrics, "process_start_time_seconds") > now - 3600);
  // The boot time has a resolution of seconds.
  CHECK(Value(metrics, "process_start_time_seconds") < now + 2);
}

TEST_CASE("self_metrics: process_open_fds follows open files") {
  const auto before = Value(ProcessMetrics(), "process_open_fds");
  const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  const auto after = Value(ProcessMetrics(), "process_open_fds");
  close(fd);
  REQUIRE(before);
  REQUIRE(after);
  CHECK(*after == *before + 1);
}

TEST_CASE("self_metrics: process_threads follows threads") {
  const auto before = Value(ProcessMetrics(), "process_threads");
  std::promise<void> end;
  std::thread waiting([&end] { end.get_future().wait(); });
  const auto during = Value(ProcessMetrics(), "process_threads");
  end.set_value();
  waiting.join();
  REQUIRE(before);
  REQUIRE(during);
  CHECK(*during == *before + 1);
}

TEST_CASE("self_metrics: the last reading of the web configuration") {
  for (const bool successful : {false, true}) {
    CHECK(Lines(WebConfigMetrics(successful)) ==
          "ipfs_peer_exporter_web_config_last_reload_successful " +
              std::to_string(static_cast<int>(successful)) + "\n");
  }
}

TEST_CASE("self_metrics: families have unique names among all sources") {
  std::set<std::string_view> names;
  for (const auto* collector : ipfs::Collectors()) {
    for (const auto& family : collector->families) names.insert(family.name);
  }
  CHECK(names.insert(PeerUpFamily().name).second);
  for (const auto& family : SelfMetricFamilies()) {
    CAPTURE(family.name);
    CHECK(names.insert(family.name).second);
    CHECK(peer::IsName(family.name));
    CHECK(family.help.ends_with('.'));
    CHECK(family.name.ends_with("_total") == (family.type == kCounter));
    CHECK((family.name.starts_with("ipfs_peer_exporter_") ||
           family.name.starts_with("process_")));
  }
}

TEST_CASE("self_metrics: published families are in the list") {
  std::set<std::string_view> listed;
  for (const auto& family : SelfMetricFamilies()) listed.insert(family.name);
  const auto metrics = ProcessMetrics();
  for (const auto& family : metrics.list()) {
    CAPTURE(family.name);
    CHECK(listed.contains(family.name));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
