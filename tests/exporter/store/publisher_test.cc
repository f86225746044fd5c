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

  // The self-metrics of collector 0 or 1, or of the process: 2.
  Block SelfMetrics(std::size_t entry) const {
    return store.Current()->entries.at(entry).blocks.back();
  }

  std::string Samples(std::size_t entry, const std::string& family) const {
    const auto block = SelfMetrics(entry);
    for (const auto& one : *block) {
      if (one.name == family) return one.samples;
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
  CHECK(fixture.Samples(0, "ipfs_peer_exporter_collector_errors_total") ==
        "ipfs_peer_exporter_collector_errors_total{collector=\"peer.left\","
        "reason=\"parse\"} 1\n");
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
  fixture.scrapes.Count("metrics", 200);
  fixture.publisher.Publish(kStart);
  CHECK(fixture.Samples(2, "ipfs_peer_exporter_scrapes_total") ==
        "ipfs_peer_exporter_scrapes_total{page=\"metrics\",code=\"200\"} 1\n");
  CHECK(fixture.Samples(2, "process_threads") != "");
}

TEST_CASE("publisher: the process can be left out") {
  Store store;
  const ScrapeCounter scrapes;
  Publisher publisher(store, scrapes, false);
  publisher.Publish(kStart);
  CHECK(store.Current()->entries.back().blocks.front()->empty());
}

}  // namespace
}  // namespace ipfs_peer_exporter
