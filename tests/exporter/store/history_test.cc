#include "exporter/store/history.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;

constexpr Clock::time_point kStart{hours(1)};
constexpr Family kGaugeFamily{"x_bytes", kGauge, "X."};
constexpr Family kCounterFamily{"x_total", kCounter, "X."};

Clock::time_point Step(int number) { return kStart + number * History::kStep; }

Snapshot With(const Families& families) {
  Snapshot snapshot;
  snapshot.entries.emplace_back().blocks = {RenderBlock(families)};
  return snapshot;
}

Snapshot With(const Family& family, double value, Labels labels = {}) {
  Families families;
  families.Add(family, value, std::move(labels));
  return With(families);
}

// The last `count` steps of a series.
std::vector<float> Last(const History& history, std::string_view key,
                        std::size_t count) {
  const auto trend = history.Find(key);
  REQUIRE(trend);
  return {trend->values.end() - static_cast<std::ptrdiff_t>(count),
          trend->values.end()};
}

// `count` series of a family.
void AddMany(Families& families, const Family& family, int count) {
  for (int i = 0; i < count; ++i) {
    families.Add(family, i, {{"n", std::to_string(i)}});
  }
}

TEST_CASE("history: a gauge by step, a step without it is NaN") {
  History history;
  history.Record(With(kGaugeFamily, 3), Step(0));
  history.Record(With(Families()), Step(1));
  history.Record(With(kGaugeFamily, 5), Step(3));
  const auto last = Last(history, "x_bytes", 5);
  CHECK(std::isnan(last[0]));
  CHECK(last[1] == 3);
  CHECK(std::isnan(last[2]));
  CHECK(std::isnan(last[3]));
  CHECK(last[4] == 5);
}

TEST_CASE("history: a second record of a step replaces the first") {
  History history;
  history.Record(With(kGaugeFamily, 3), Step(0));
  history.Record(With(kGaugeFamily, 4), Step(0) + History::kStep / 2);
  CHECK(Last(history, "x_bytes", 1)[0] == 4);
}

TEST_CASE("history: a counter by its increase, also after a restart") {
  History history;
  history.Record(With(kCounterFamily, 1e15), Step(0));
  history.Record(With(kCounterFamily, 1e15 + 3), Step(1));
  history.Record(With(kCounterFamily, 1e15 + 5), Step(1));  // once more
  history.Record(With(kCounterFamily, 7), Step(2));
  const auto last = Last(history, "x_total", 3);
  CHECK(std::isnan(last[0]));
  CHECK(last[1] == 5);
  CHECK(last[2] == 7);
  CHECK(history.Find("x_total")->is_increase);
}

TEST_CASE("history: the increase of a counter that was absent") {
  History history;
  history.Record(With(kCounterFamily, 10), Step(0));
  history.Record(With(Families()), Step(1));
  history.Record(With(kCounterFamily, 25), Step(2));
  CHECK(Last(history, "x_total", 1)[0] == 15);
}

TEST_CASE("history: a series is forgotten when the whole ring is without it") {
  History history;
  history.Record(With(kGaugeFamily, 3), Step(0));
  history.Record(With(Families()), Step(History::kSteps - 1));
  CHECK(history.Find("x_bytes"));
  history.Record(With(Families()), Step(History::kSteps));
  CHECK_FALSE(history.Find("x_bytes"));
}

TEST_CASE("history: a pause longer than the ring leaves nothing old in it") {
  History history;
  history.Record(With(kGaugeFamily, 3), Step(0));
  history.Record(With(kGaugeFamily, 4), Step(1000));
  const auto trend = history.Find("x_bytes");
  REQUIRE(trend);
  CHECK(std::isnan(trend->values[0]));
  CHECK(trend->values.back() == 4);
}

TEST_CASE("history: info, buckets and very long keys are not recorded") {
  Families families;
  families.Add({"x_info", kGauge, "X."}, 1);
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = 2;
  histogram.bucket = {{2, 1.0}};
  families.Add({"h", kHistogram, "H."}, histogram);
  families.Add(kGaugeFamily, 1, {{"a", std::string(History::kMaxKey, 'a')}});
  History history;
  history.Record(With(families), Step(0));
  CHECK(history.Find("h_count"));
  CHECK(history.Find("h_sum"));
  CHECK(history.coverage().recorded == 2);
  CHECK(history.coverage().left_out == 0);
}

TEST_CASE("history: one family with many series does not push out the others") {
  Families families;
  AddMany(families, {"peer_many", kGauge, "Many."}, 900);
  for (int i = 0; i < 300; ++i) {
    const auto name = "peer_few_" + std::to_string(i);
    families.Add({name, kGauge, "Few."}, i);
  }
  families.Add({"peer_trainings_total", kCounter, "Trainings."}, 7);
  History history;
  for (int step = 0; step < 3; ++step) {
    history.Record(With(families), Step(step));
    CHECK(history.Find("peer_trainings_total"));
    CHECK(history.Find("peer_few_0"));
    CHECK(history.Find("peer_few_299"));
    CHECK(history.Find("peer_many{n=\"0\"}"));
    CHECK(history.coverage().recorded == History::kMaxSeries);
    CHECK(history.coverage().left_out == 701);
  }
}

TEST_CASE("history: a family that comes later gets its share") {
  Families families;
  AddMany(families, {"peer_many", kGauge, "Many."}, 900);
  History history;
  history.Record(With(families), Step(0));
  AddMany(families, {"peer_new", kGauge, "New."}, 100);
  history.Record(With(families), Step(1));
  CHECK(history.coverage().recorded == History::kMaxSeries);
  CHECK(history.coverage().left_out == 500);
  CHECK(history.Find("peer_new{n=\"99\"}"));
}

TEST_CASE("history: the exporter's own series come last") {
  Families families;
  AddMany(families, {"ipfs_peer_exporter_x", kGauge, "Own."}, 100);
  AddMany(families, {"peer_many", kGauge, "Many."}, 480);
  History history;
  history.Record(With(families), Step(0));
  CHECK(history.Find("peer_many{n=\"479\"}"));
  CHECK(history.coverage().left_out == 80);
}

TEST_CASE("history: series that are gone give way when there is no room") {
  Families before;
  AddMany(before, {"peer_before", kGauge, "Before."}, 500);
  Families after;
  AddMany(after, {"peer_after", kGauge, "After."}, 500);
  History history;
  history.Record(With(before), Step(0));
  history.Record(With(after), Step(1));
  CHECK(history.coverage().recorded == 500);
  CHECK(history.coverage().left_out == 0);
  CHECK_FALSE(history.Find("peer_before{n=\"0\"}"));
}

TEST_CASE("history: a key that two families share") {
  Families families;
  prometheus::ClientMetric::Summary summary;
  summary.sample_count = 2;
  families.Add({"x", kSummary, "X."}, summary);
  families.Add({"x_count", kGauge, "X."}, 3);
  History history;
  history.Record(With(families), Step(0));
  CHECK(history.coverage().recorded == 2);
  families.Add(kGaugeFamily, 1);
  history.Record(With(families), Step(1));
  CHECK(history.coverage().recorded == 3);
}

TEST_CASE("history: it is read while it is recorded") {
  const auto snapshot = With(kGaugeFamily, 3);
  History history;
  history.Record(snapshot, Step(0));
  std::thread reader([&history] {
    for (int i = 0; i < 1000; ++i) {
      REQUIRE(history.Find("x_bytes"));
      REQUIRE(history.coverage().recorded == 1);
    }
  });
  for (int step = 1; step <= 1000; ++step) {
    history.Record(snapshot, Step(step));
  }
  reader.join();
}

}  // namespace
}  // namespace ipfs_peer_exporter
