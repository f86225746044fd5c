#include <doctest/doctest.h>

#include <algorithm>

#include "tests/exporter/poll/polled_daemon.h"

namespace ipfs_peer_exporter {
namespace {

constexpr char kSwarmCall[] = "/api/v0/swarm";

// One call for each topic.
const Collector kTopics{
    .name = "topics",
    .on_by_default = true,
    .interval = minutes(10),
    .requests =
        [](const ipfs::Settings& settings) {
          std::vector<Request> requests;
          for (const auto& topic : settings.pubsub_topics) {
            requests.push_back({.target = "topic?arg=" + topic,
                                .document = ReadInto(kFamilies[1])});
          }
          return requests;
        },
    .families = kFamilies};

void Replies(PolledDaemon& fixture, const std::string& path) {
  fixture.http.replies[path] = Says(R"({"n":5})");
}

void Remove(PolledDaemon& fixture, const Collector& collector) {
  std::erase_if(fixture.options.collectors, [&](const CollectorOptions& of) {
    return of.collector == &collector;
  });
}

bool Has(const PolledDaemon& fixture, const std::string& name) {
  return std::ranges::any_of(fixture.store.collectors(),
                             [&](const CollectorState& state) {
                               return state.name == "ipfs." + name;
                             });
}

void Change(PolledDaemon& fixture) {
  fixture.poller->Change(fixture.options);
  fixture.publisher.Publish(fixture.timers.Now());
}

TEST_CASE("ipfs_poller change: equal options change nothing") {
  PolledDaemon fixture({&kOne});
  fixture.Start();
  const auto made = fixture.http.made.size();
  const auto waiting = fixture.timers.waiting();
  for (int i = 0; i < 5; ++i) Change(fixture);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.http.made.size() == made);
  CHECK(fixture.timers.waiting() == waiting);
  CHECK(fixture.State("one").polls == 1);
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
}

TEST_CASE("ipfs_poller change: naming a collector that is on changes nothing") {
  PolledDaemon fixture({&kOne});
  fixture.Start();
  fixture.options.collectors[1].named = true;
  Change(fixture);
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.State("one").polls == 1);
}

TEST_CASE("ipfs_poller change: naming makes it on for an older daemon") {
  auto later = kOne;
  later.on_from = "0.43.0";
  PolledDaemon fixture({&later});
  fixture.Start();
  CHECK(fixture.State("one").supported == false);
  fixture.options.collectors[1].named = true;
  Change(fixture);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
}

TEST_CASE("ipfs_poller change: a collector that is off is gone at once") {
  PolledDaemon fixture({&kOne, &kSwarm});
  Replies(fixture, kSwarmCall);
  fixture.Start();
  Remove(fixture, kOne);
  Change(fixture);
  CHECK_FALSE(Has(fixture, "one"));
  CHECK(fixture.Served("ipfs_one_total").empty());
  CHECK(fixture.State("swarm").polls == 1);
  const auto calls = fixture.http.Count(kCallOne);
  fixture.timers.Pass(minutes(5));
  CHECK(fixture.http.Count(kCallOne) == calls);
}

TEST_CASE("ipfs_poller change: a call under way is cancelled with it") {
  PolledDaemon fixture({&kOne});
  fixture.http.replies[kCallOne].takes = seconds(3);
  fixture.Start();
  REQUIRE(fixture.http.under_way() == 1);
  Remove(fixture, kOne);
  Change(fixture);
  CHECK(fixture.http.under_way() == 0);
}

TEST_CASE("ipfs_poller change: calls that wait go with their collector") {
  std::vector<Collector> many(9, kOne);
  const char* const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
  std::vector<const Collector*> all;
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].name = names[i];
    all.push_back(&many[i]);
  }
  PolledDaemon fixture(all);
  fixture.http.replies[kCallOne].takes = seconds(3);
  fixture.Start();
  REQUIRE(fixture.http.under_way() == 4);
  // Of those that call and of those that wait, only one each is left.
  for (const auto i : {0, 1, 2, 4, 5, 6, 7}) {
    Remove(fixture, many[static_cast<std::size_t>(i)]);
  }
  Change(fixture);
  CHECK(fixture.http.under_way() == 2);
  fixture.timers.Pass(seconds(4));
  CHECK(fixture.State("d").polls == 1);
  CHECK(fixture.State("i").polls == 1);
}

TEST_CASE(
    "ipfs_poller change: a new collector is polled at once, in its place") {
  PolledDaemon fixture({&kSwarm});
  Replies(fixture, kSwarmCall);
  fixture.Start();
  fixture.options.collectors.insert(fixture.options.collectors.begin() + 1,
                                    {&kOne, seconds(10)});
  Change(fixture);
  fixture.timers.Pass(milliseconds(100));
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
  CHECK(fixture.State("swarm").polls == 1);
  CHECK(fixture.http.Count(kVersionCall) == 1);
}

TEST_CASE("ipfs_poller change: a new one waits until the daemon is up") {
  PolledDaemon fixture({});
  fixture.http.to_all = Refused();
  fixture.Start();
  fixture.options.collectors.push_back({&kOne, seconds(10)});
  Change(fixture);
  fixture.timers.Pass(seconds(5));
  CHECK(fixture.http.Count(kCallOne) == 0);
  fixture.http.to_all.reset();
  fixture.timers.Pass(seconds(20));
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
}

TEST_CASE("ipfs_poller change: another interval moves the next poll") {
  PolledDaemon fixture({&kOne});
  fixture.Start();
  fixture.options.collectors[1].interval = minutes(10);
  Change(fixture);
  CHECK((fixture.State("one").interval == minutes(10)));
  fixture.timers.Pass(minutes(9));
  CHECK(fixture.State("one").polls == 1);
  fixture.options.collectors[1].interval = seconds(2);
  Change(fixture);
  fixture.timers.Pass(milliseconds(10));
  CHECK(fixture.State("one").polls == 2);
  fixture.timers.Pass(seconds(4));
  CHECK(fixture.State("one").polls == 4);
  CHECK(fixture.http.Count(kVersionCall) > 1);
}

TEST_CASE("ipfs_poller change: the interval of ipfs.health") {
  PolledDaemon fixture({});
  fixture.Start();
  fixture.options.collectors[0].interval = minutes(5);
  Change(fixture);
  fixture.timers.Pass(minutes(2));  // the second poll comes early
  CHECK(fixture.http.Count(kVersionCall) == 1);
  fixture.timers.Pass(minutes(4));
  CHECK(fixture.http.Count(kVersionCall) == 2);
}

TEST_CASE("ipfs_poller change: other requests are made at once") {
  PolledDaemon fixture({&kTopics, &kOne});
  fixture.options.settings.pubsub_topics = {"a"};
  for (const auto* topic : {"a", "b", "c"}) {
    Replies(fixture, std::string("/api/v0/topic?arg=") + topic);
  }
  fixture.Start();
  fixture.options.settings.pubsub_topics = {"b", "c"};
  Change(fixture);
  CHECK(fixture.Served("ipfs_other").empty());
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.http.Count("/api/v0/topic?arg=a") == 1);
  CHECK(fixture.http.Count("/api/v0/topic?arg=b") == 1);
  CHECK(fixture.http.Count("/api/v0/topic?arg=c") == 1);
  CHECK(fixture.State("topics").polls == 2);
  CHECK(fixture.State("one").polls == 1);
}

TEST_CASE("ipfs_poller change: a poll under way ends with its own requests") {
  PolledDaemon fixture({&kOne});
  fixture.http.replies[kCallOne].takes = seconds(3);
  fixture.Start();
  fixture.options.settings.top = 7;
  fixture.options.timeout = seconds(60);
  Change(fixture);
  fixture.timers.Pass(seconds(3));
  CHECK(fixture.State("one").polls == 1);
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
}

TEST_CASE("ipfs_poller change: an input that goes and comes") {
  PolledDaemon fixture({&kSwarm, &kPeering});
  Replies(fixture, kSwarmCall);
  fixture.Start();
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
  Remove(fixture, kSwarm);
  Change(fixture);
  fixture.timers.Pass(minutes(5));
  CHECK(fixture.State("peering").supported == false);
  CHECK(fixture.Served("ipfs_one_total").empty());
  fixture.options.collectors.push_back({&kSwarm, seconds(10)});
  Change(fixture);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.State("peering").supported == true);
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
  fixture.timers.Pass(minutes(1));
  CHECK(fixture.http.Count(kCallOne) > 3);
}

TEST_CASE("ipfs_poller change: another address is another daemon") {
  PolledDaemon fixture({&kOne});
  fixture.Start();
  const auto polls = fixture.State("one").polls;
  fixture.options.api = *ParseRpcAddress("/ip4/127.0.0.1/tcp/5002");
  fixture.http.replies[kVersionCall] = Says(R"({"Version":"0.10.0"})");
  fixture.http.replies[kCallOne] = Says(R"({"n":1})");
  Change(fixture);
  CHECK(fixture.Served("ipfs_one_total").empty());
  CHECK_FALSE(fixture.poller->up());
  fixture.timers.Pass(milliseconds(100));
  CHECK(fixture.poller->up() == true);
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 1\n");
  CHECK(fixture.Served("ipfs_daemon_restarts_total") ==
        "ipfs_daemon_restarts_total 0\n");
  CHECK(fixture.State("one").polls == polls + 1);
}

TEST_CASE("ipfs_poller change: another address during an outage") {
  PolledDaemon fixture({&kOne});
  fixture.http.to_all = Refused();
  fixture.Start();
  fixture.timers.Pass(minutes(5));
  fixture.http.to_all.reset();
  fixture.options.api = *ParseRpcAddress("/ip4/127.0.0.1/tcp/5002");
  Change(fixture);
  fixture.timers.Pass(milliseconds(100));
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
  CHECK(fixture.Served("ipfs_up") == "ipfs_up 1\n");
}

TEST_CASE("ipfs_poller change: another address during calls") {
  PolledDaemon fixture({&kOne, &kSwarm});
  fixture.http.replies[kCallOne].takes = seconds(3);
  fixture.Start();
  fixture.options.api = *ParseRpcAddress("/ip4/127.0.0.1/tcp/5002");
  for (int i = 0; i < 3; ++i) {
    Change(fixture);
    CHECK(fixture.http.under_way() <= 1);
  }
  fixture.timers.Pass(seconds(4));
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
}

TEST_CASE("ipfs_poller change: its collectors leave the store at the end") {
  PolledDaemon fixture({&kOne});
  fixture.Start();
  fixture.poller.reset();
  CHECK(fixture.store.collectors().empty());
}

}  // namespace
}  // namespace ipfs_peer_exporter
