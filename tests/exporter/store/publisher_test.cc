#include "exporter/store/publisher.h"

#include <doctest/doctest.h>

#include <string>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Clock::time_point kStart{std::chrono::hours(1)};

// Two collectors and how they are published.
struct Fixture {
  Store store;
  ScrapeCounter scrapes;
  Publisher publisher{store, scrapes, true};
  CollectorState& left = store.Add("peer.left", "peer", seconds(10));
  CollectorState& right = store.Add("peer.right", "peer", seconds(10));

  // The self-metrics of collector 0 or 1, or the process_* of the exporter: 2.
  Block SelfMetrics(std::size_t entry) const {
    return store.Current()->entries.at(entry).blocks.back();
  }

  std::string Samples(std::size_t entry, const std::string& family) const {
    const auto snapshot = store.Current();
    for (const auto& block : snapshot->entries.at(entry).blocks) {
      for (const auto& one : *block) {
        if (one.name == family) return one.samples;
      }
    }
    return "";
  }
};

TEST_CASE("publisher: a poll renders only its own self-metrics") {
  Fixture fixture;
  fixture.publisher.Publish(kStart);
  const auto left = fixture.SelfMetrics(0);
  const auto right = fixture.SelfMetrics(1);
  fixture.publisher.Publish(kStart + seconds(5));
  CHECK(fixture.SelfMetrics(0) == left);
  CHECK(fixture.SelfMetrics(1) == right);

  const PollResult result{.error = Error{Reason::kParse, "no"},
                          .took = milliseconds(250)};
  ++fixture.left.errors[Reason::kParse];
  Publisher::Record(fixture.left, result);
  fixture.publisher.Publish(fixture.left, result);
  CHECK(fixture.SelfMetrics(1) == right);
  CHECK(
      fixture.Samples(0, "ipfs_peer_exporter_collector_polls_total") ==
      "ipfs_peer_exporter_collector_polls_total{collector=\"peer.left\"} 1\n");
  CHECK(
      fixture.Samples(0, "ipfs_peer_exporter_collector_errors_total") ==
      "ipfs_peer_exporter_collector_errors_total{collector=\"peer.left\",reason=\"parse\"} 1\n");
}

TEST_CASE("publisher: /proc is read at most once a second") {
  Fixture fixture;
  fixture.publisher.Publish(kStart);
  const auto first = fixture.SelfMetrics(2);
  CHECK(fixture.Samples(2, "process_threads") != "");
  fixture.publisher.Publish(kStart + milliseconds(999));
  CHECK(fixture.SelfMetrics(2) == first);
  fixture.publisher.Publish(kStart + milliseconds(1000));
  CHECK(fixture.SelfMetrics(2) != first);
}

TEST_CASE("publisher: scrapes are counted as they are, on the next page") {
  Fixture fixture;
  fixture.publisher.Publish(kStart);
  fixture.scrapes.Count("metrics", 200, Format::kText);
  fixture.publisher.Publish(kStart);
  CHECK(fixture.Samples(2, "ipfs_peer_exporter_scrapes_total") ==
        "ipfs_peer_exporter_scrapes_total{page=\"metrics\",code=\"200\","
        "format=\"text\"} 1\n");
  CHECK(fixture.Samples(2, "process_threads") != "");
}

TEST_CASE("publisher: the process can be left out") {
  Store store;
  const ScrapeCounter scrapes;
  Publisher publisher(store, scrapes, false);
  publisher.Publish(kStart);
  CHECK(store.Current()->entries.back().blocks.empty());
}

TEST_CASE("publisher: the first scrapes are counted without reading /proc") {
  Fixture fixture;
  fixture.publisher.Publish(kStart);
  const auto process = fixture.SelfMetrics(2);
  fixture.scrapes.Count("metrics", 200, Format::kText);
  fixture.publisher.Publish(kStart + milliseconds(1));
  CHECK(fixture.SelfMetrics(2) == process);
}

TEST_CASE("publisher: a poll that succeeds") {
  CollectorState state;
  Publisher::Record(state, {.error = {}, .took = milliseconds(250)});
  Publisher::Record(state, {.error = {}, .took = milliseconds(500)});
  CHECK(state.polls == 2);
  CHECK(state.supported == true);
  CHECK(state.success == true);
  CHECK(state.last_duration == milliseconds(500));
  CHECK(state.total_duration == milliseconds(750));
  CHECK(state.last_ended > 0);
  CHECK(state.last_success == state.last_ended);
  CHECK(state.last_error == "");
}

TEST_CASE("publisher: when the outcome of the polls last changed") {
  CollectorState state;
  Publisher::Record(state, {});
  CHECK(state.changed == state.last_ended);
  state.changed = 1;  // long ago, because both records may have one time
  Publisher::Record(state, {});
  CHECK(state.changed == 1);
  Publisher::Record(state, {.error = Error{Reason::kTimeout, "no answer"}});
  CHECK(state.changed == state.last_ended);
}

TEST_CASE("publisher: a poll that fails keeps the time of the last success") {
  CollectorState state;
  state.last_success = 5;
  Publisher::Record(state, {.error = Error{Reason::kTimeout, "no answer"}});
  CHECK(state.supported == true);
  CHECK(state.success == false);
  CHECK(state.last_success == 5);
  CHECK(state.last_ended > 5);
  CHECK(state.last_error == "timeout: no answer");
  CHECK(state.last_reason == Reason::kTimeout);
  CHECK(state.last_error_at == state.last_ended);
  Publisher::Record(state, {});
  CHECK(state.success == true);
  CHECK(state.last_error == "timeout: no answer");
  CHECK(state.last_error_at < state.last_ended);
}

TEST_CASE("publisher: an unsupported collector neither succeeds nor fails") {
  CollectorState state;
  state.success = true;
  Publisher::Record(state, {.supported = false, .error = {}});
  CHECK(state.polls == 1);
  CHECK(state.supported == false);
  CHECK(state.success == std::nullopt);
  CHECK(state.last_success == 0);
}

TEST_CASE("publisher: the callback finds the poll in the snapshot") {
  Fixture fixture;
  int calls = 0;
  fixture.publisher.OnPoll([&] {
    ++calls;
    CHECK(fixture.store.Current()->entries.at(0).poll.success == true);
  });
  fixture.publisher.Publish(kStart);
  CHECK(calls == 0);
  Publisher::Record(fixture.left, {});
  fixture.publisher.Publish(fixture.left, {});
  CHECK(calls == 1);
}

TEST_CASE("publisher: the outcome of the last reload is served") {
  Fixture fixture;
  fixture.publisher.SetReload({.successful = false, .last_success = 1e9});
  fixture.publisher.Publish(kStart);
  CHECK(
      fixture.Samples(2, "ipfs_peer_exporter_config_last_reload_successful") ==
      "ipfs_peer_exporter_config_last_reload_successful 0\n");
  CHECK(fixture
            .Samples(2,
                     "ipfs_peer_exporter_config_last_reload_success_"
                     "timestamp_seconds")
            .ends_with(" 1000000000\n"));
  fixture.publisher.SetExporterMetrics(false);
  fixture.publisher.Publish(kStart);
  CHECK(fixture.Samples(2, "process_threads").empty());
  CHECK_FALSE(
      fixture.Samples(2, "ipfs_peer_exporter_config_last_reload_successful")
          .empty());
}

}  // namespace
}  // namespace ipfs_peer_exporter
