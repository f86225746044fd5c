#include "exporter/poll/schedule.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr double kBudget = 0.01;

TEST_CASE("schedule: the first interval is the configured one") {
  CHECK((Schedule(seconds(10), kBudget).effective() == seconds(10)));
}

TEST_CASE("schedule: a fast call leaves the interval as it is") {
  Schedule schedule(seconds(10), kBudget);
  schedule.Finished(milliseconds(50), false);
  CHECK((schedule.effective() == seconds(10)));
  schedule.Finished(milliseconds(100), false);
  CHECK((schedule.effective() == seconds(10)));
}

TEST_CASE("schedule: a slow call takes at most its share of the time") {
  struct Row {
    Duration took;
    double budget;
    Duration effective;
  };
  const Row rows[] = {
      {milliseconds(200), 0.01, seconds(20)}, {seconds(1), 0.01, seconds(100)},
      {seconds(1), 0.1, seconds(10)},         {seconds(2), 0.1, seconds(20)},
      {seconds(2), 1, seconds(10)},           {seconds(36), 0.01, hours(1)},
      {minutes(5), 0.01, hours(1)},
  };
  for (const auto& row : rows) {
    CAPTURE(Seconds(row.took));
    CAPTURE(row.budget);
    Schedule schedule(seconds(10), row.budget);
    schedule.Finished(row.took, false);
    CHECK(Seconds(schedule.effective()) ==
          doctest::Approx(Seconds(row.effective)));
  }
}

TEST_CASE("schedule: the budget may allow a poll before the interval") {
  Schedule schedule(seconds(10), kBudget);
  CHECK((schedule.affordable() == Duration::zero()));
  schedule.Finished(milliseconds(50), false);
  CHECK(Seconds(schedule.affordable()) == doctest::Approx(5));
  schedule.Finished(seconds(1), false);
  CHECK(Seconds(schedule.affordable()) == doctest::Approx(100));
  schedule.Forget();
  CHECK((schedule.affordable() == Duration::zero()));
}

TEST_CASE("schedule: slow calls that succeed do not add up") {
  Schedule schedule(seconds(10), kBudget);
  for (int i = 0; i < 5; ++i) schedule.Finished(milliseconds(200), false);
  CHECK(Seconds(schedule.effective()) == doctest::Approx(20));
}

TEST_CASE("schedule: each further timeout in a row doubles, up to an hour") {
  Schedule schedule(seconds(10), kBudget);
  const double expected[] = {100, 200, 400, 800, 1600, 3200, 3600, 3600};
  for (const double wanted : expected) {
    schedule.Finished(seconds(1), true);
    CHECK(Seconds(schedule.effective()) == doctest::Approx(wanted));
  }
  for (int i = 0; i < 100; ++i) schedule.Finished(seconds(1), true);
  CHECK((schedule.effective() == hours(1)));
}

TEST_CASE("schedule: one fast reply resets interval and timeouts") {
  Schedule schedule(seconds(10), kBudget);
  for (int i = 0; i < 4; ++i) schedule.Finished(seconds(1), true);
  schedule.Finished(milliseconds(1), false);
  CHECK((schedule.effective() == seconds(10)));
  schedule.Finished(seconds(1), true);
  CHECK(Seconds(schedule.effective()) == doctest::Approx(100));
}

TEST_CASE("schedule: a slow reply ends a row of timeouts") {
  Schedule schedule(seconds(10), kBudget);
  schedule.Finished(seconds(1), true);
  schedule.Finished(seconds(1), true);
  schedule.Finished(seconds(1), false);
  CHECK(Seconds(schedule.effective()) == doctest::Approx(100));
}

TEST_CASE("schedule: an interval above an hour is not shortened") {
  Schedule schedule(hours(2), kBudget);
  schedule.Finished(seconds(1), false);
  CHECK((schedule.effective() == hours(2)));
  for (int i = 0; i < 20; ++i) schedule.Finished(minutes(5), true);
  CHECK((schedule.effective() == hours(2)));
}

TEST_CASE("schedule: a budget of zero means no limit") {
  Schedule schedule(seconds(10), 0);
  for (int i = 0; i < 5; ++i) schedule.Finished(minutes(1), true);
  CHECK((schedule.effective() == seconds(10)));
}

TEST_CASE("schedule: a tiny budget stops at an hour without overflow") {
  Schedule schedule(seconds(10), 1e-300);
  schedule.Finished(hours(1), true);
  CHECK((schedule.effective() == hours(1)));
}

TEST_CASE("schedule: a new neighbour resets the schedule") {
  Schedule schedule(seconds(10), kBudget);
  schedule.Finished(seconds(1), true);
  schedule.Finished(seconds(1), true);
  schedule.Forget();
  CHECK((schedule.effective() == seconds(10)));
  schedule.Finished(seconds(1), true);
  CHECK(Seconds(schedule.effective()) == doctest::Approx(100));
}

TEST_CASE("schedule: another interval and budget keep the call times") {
  Schedule schedule(seconds(10), kBudget);
  schedule.Finished(seconds(1), false);
  CHECK(Seconds(schedule.effective()) == doctest::Approx(100));
  schedule.Set(minutes(5), kBudget);
  CHECK((schedule.effective() == minutes(5)));
  schedule.Set(seconds(10), kBudget);
  CHECK(Seconds(schedule.effective()) == doctest::Approx(100));
  schedule.Set(seconds(10), 0);
  CHECK((schedule.effective() == seconds(10)));
}

}  // namespace
}  // namespace ipfs_peer_exporter
