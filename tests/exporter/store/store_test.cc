#include "exporter/store/store.h"

#include <doctest/doctest.h>

#include <thread>

#include "adapters/families.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr Clock::time_point kStart{hours(1)};

Block MakeBlock(const std::string& name) {
  return std::make_shared<std::vector<RenderedFamily>>(
      std::vector<RenderedFamily>{
          {name, kGauge, "# " + name + "\n", name + " 1\n"}});
}

// Whether a page made at `now` has the family `name`.
bool Serves(Store& store, Clock::time_point now, const std::string& name) {
  store.Publish(now, {});
  for (const auto& entry : store.Current()->entries) {
    for (const auto& block : entry.blocks) {
      for (const auto& family : *block) {
        if (family.name == name) return true;
      }
    }
  }
  return false;
}

TEST_CASE("store: before anything happened there is an empty snapshot") {
  const Store store;
  REQUIRE(store.Current() != nullptr);
  CHECK(store.Current()->entries.empty());
}

TEST_CASE(
    "store: a snapshot has the collectors in their order, then the exporter") {
  Store store;
  store.Add("ipfs.swarm", "ipfs", seconds(10));
  store.Add("peer.stats", "peer", seconds(10));
  store.Publish(kStart, {MakeBlock("process")});
  const auto& entries = store.Current()->entries;
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].collector == "ipfs.swarm");
  CHECK(entries[0].source == "ipfs");
  CHECK(entries[1].collector == "peer.stats");
  CHECK(entries[1].source == "peer");
  CHECK(entries[2].collector == "");
  CHECK(entries[2].source == "");
  REQUIRE(entries[2].blocks.size() == 1);
  CHECK(entries[2].blocks[0]->front().name == "process");
}

TEST_CASE("store: a snapshot has the skips of the last poll") {
  Store store;
  auto& state = store.Add("peer.stats", "peer", seconds(10));
  store.Publish(kStart, {});
  CHECK(store.Current()->entries[0].poll.skips == nullptr);
  state.skips = std::make_shared<const Skips>(
      Skips{{SkipReason::kName, 2, {"a-b", "c-d"}}});
  store.Publish(kStart, {});
  const auto snapshot = store.Current();
  state.skips = nullptr;
  REQUIRE(snapshot->entries[0].poll.skips->size() == 1);
  CHECK(snapshot->entries[0].poll.skips->front().Text() ==
        "2 values skipped: name (a-b, c-d)");
}

TEST_CASE("store: more names than are kept end in an ellipsis") {
  Skip skip{SkipReason::kType, 10, {}};
  for (int i = 0; i < 10; ++i) skip.names.push_back(std::to_string(i));
  CHECK(skip.Names() == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
  skip.count = 11;
  CHECK(skip.Names() == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …");
}

TEST_CASE("store: a collector's state stays where it is") {
  Store store;
  auto& first = store.Add("a", "ipfs", seconds(1));
  for (int i = 0; i < 100; ++i) {
    store.Add("b" + std::to_string(i), "ipfs", seconds(1));
  }
  CHECK(&first == &store.collectors().front());
}

TEST_CASE("store: a sample is dropped after three intervals, at least 60 s") {
  struct Row {
    Duration interval;
    Duration lifetime;
  };
  const Row rows[] = {
      {seconds(1), seconds(60)},  {seconds(10), seconds(60)},
      {seconds(20), seconds(60)}, {seconds(30), seconds(90)},
      {hours(1), hours(3)},
  };
  for (const auto& row : rows) {
    CAPTURE(Seconds(row.interval));
    Store store;
    auto& collector = store.Add("a", "ipfs", row.interval);
    collector.parts = {{MakeBlock("x"), kStart}};
    CHECK(Serves(store, kStart, "x"));
    CHECK(Serves(store, kStart + row.lifetime, "x"));
    CHECK_FALSE(Serves(store, kStart + row.lifetime + nanoseconds(1), "x"));
  }
}

TEST_CASE("store: the effective interval counts, as it is when published") {
  Store store;
  auto& collector = store.Add("a", "ipfs", seconds(10));
  collector.parts = {{MakeBlock("x"), kStart}};
  CHECK_FALSE(Serves(store, kStart + seconds(100), "x"));
  collector.interval = seconds(40);
  CHECK(Serves(store, kStart + seconds(100), "x"));
}

TEST_CASE("store: each part has an age of its own, and may be missing") {
  Store store;
  auto& collector = store.Add("a", "ipfs", seconds(10));
  collector.parts = {
      {}, {MakeBlock("old"), kStart}, {MakeBlock("new"), kStart + seconds(30)}};
  const auto now = kStart + seconds(80);
  CHECK_FALSE(Serves(store, now, "old"));
  CHECK(Serves(store, now, "new"));
}

TEST_CASE("store: an outage of 60 s withdraws the parts of the source") {
  Store store;
  auto& collector = store.Add("a", "ipfs", hours(1));
  collector.parts = {{MakeBlock("x"), kStart}};
  store.SetOutage("ipfs", kStart);
  CHECK(Serves(store, kStart + seconds(60) - nanoseconds(1), "x"));
  CHECK_FALSE(Serves(store, kStart + seconds(60), "x"));
}

TEST_CASE("store: an outage that goes on has one beginning") {
  Store store;
  auto& collector = store.Add("a", "ipfs", hours(1));
  collector.parts = {{MakeBlock("x"), kStart}};
  store.SetOutage("ipfs", kStart);
  store.SetOutage("ipfs", kStart + seconds(50));
  CHECK_FALSE(Serves(store, kStart + seconds(60), "x"));
}

TEST_CASE("store: the end of an outage, and the next one") {
  Store store;
  auto& collector = store.Add("a", "ipfs", hours(1));
  collector.parts = {{MakeBlock("x"), kStart}};
  store.SetOutage("ipfs", kStart);
  store.SetOutage("ipfs", std::nullopt);
  CHECK(Serves(store, kStart + seconds(100), "x"));
  store.SetOutage("ipfs", kStart + seconds(100));
  CHECK(Serves(store, kStart + seconds(150), "x"));
  CHECK_FALSE(Serves(store, kStart + seconds(160), "x"));
}

TEST_CASE("store: a snapshot tells whether a source answers, and since when") {
  Store store;
  const auto reach = [&] {
    store.Publish(kStart, {});
    return store.Current()->reach;
  };
  CHECK(reach().empty());
  store.SetOutage("ipfs", kStart);
  const auto down = reach().at("ipfs");
  CHECK_FALSE(down.up);
  CHECK(down.since > 0);
  store.SetOutage("ipfs", kStart + seconds(5));
  CHECK(reach().at("ipfs").since == down.since);
  store.SetOutage("ipfs", std::nullopt);
  CHECK(reach().at("ipfs").up);
  CHECK(reach().at("ipfs").since > down.since);
}

TEST_CASE("store: the outage of one source is not that of another") {
  Store store;
  auto& peer = store.Add("peer.stats", "peer", hours(1));
  peer.parts = {{MakeBlock("x"), kStart}};
  store.SetOutage("ipfs", kStart);
  CHECK(Serves(store, kStart + seconds(100), "x"));
}

TEST_CASE("store: a lasting part outlives age and outage") {
  Store store;
  auto& collector = store.Add("a", "ipfs", seconds(10));
  collector.parts = {{MakeBlock("up"), kStart, true}, {{}, kStart, true}};
  store.SetOutage("ipfs", kStart);
  CHECK(Serves(store, kStart + hours(24), "up"));
}

TEST_CASE("store: self-metrics are published without samples") {
  Store store;
  store.Add("a", "ipfs", seconds(10));
  store.SetOutage("ipfs", kStart);
  CHECK(Serves(store, kStart + hours(24),
               "ipfs_peer_exporter_collector_polls_total"));
}

TEST_CASE("store: a snapshot is immutable") {
  Store store;
  auto& collector = store.Add("a", "ipfs", seconds(10));
  collector.parts = {{MakeBlock("x"), kStart}};
  store.Publish(kStart, {});
  const auto before = store.Current();
  collector.parts[0].block = MakeBlock("y");
  store.Publish(kStart, {});
  CHECK(before != store.Current());
  CHECK(before->entries[0].blocks[0]->front().name == "x");
  CHECK(store.Current()->entries[0].blocks[0]->front().name == "y");
}

TEST_CASE("store: another thread may read while it is published") {
  Store store;
  auto& collector = store.Add("a", "ipfs", seconds(10));
  std::size_t incomplete = 0;
  std::thread reader([&] {
    for (int i = 0; i < 1000; ++i) {
      const auto snapshot = store.Current();
      if (snapshot->entries.size() == 1) ++incomplete;
    }
  });
  for (int i = 0; i < 200; ++i) {
    collector.parts = {{MakeBlock("x"), kStart}};
    store.Publish(kStart, {});
  }
  reader.join();
  CHECK(incomplete == 0);
}

TEST_CASE("store: a removed collector is gone from the next snapshot") {
  Store store;
  const auto& left = store.Add("peer.left", "peer", seconds(10));
  auto& right = store.Add("peer.right", "peer", seconds(10));
  right.polls = 7;
  store.Publish(kStart, {});
  const auto before = store.Current();
  store.Remove(left);
  store.Publish(kStart, {});
  REQUIRE(store.Current()->entries.size() == 2);
  CHECK(store.Current()->entries[0].collector == "peer.right");
  CHECK(right.polls == 7);  // the other reference is still valid
  CHECK(before->entries.size() == 3);
}

TEST_CASE("store: collectors can be put in another order") {
  Store store;
  for (const auto* name : {"c", "x", "a", "b"}) {
    store.Add(name, "peer", seconds(10));
  }
  store.Arrange({"a", "b", "missing", "c"});
  std::string names;
  for (const auto& state : store.collectors()) names += state.name;
  CHECK(names == "abcx");
}

}  // namespace
}  // namespace ipfs_peer_exporter
