#include "exporter/poll/daemon_life.h"

#include <doctest/doctest.h>

#include <iterator>
#include <string>

namespace ipfs_peer_exporter {
namespace {

using State = DaemonLife::State;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Clock::time_point kStart{std::chrono::hours(1)};
constexpr Duration kInterval = seconds(10);
constexpr int kTooMany = 429;

// Events by letters: v version answered, r the same after a restart was seen,
// f it failed, x the connection was refused, c commands asked, n a counter
// fell.
DaemonLife After(const std::string& events) {
  DaemonLife life(kInterval);
  for (const char event : events) {
    if (event == 'v') life.VersionAnswered(false);
    if (event == 'r') life.VersionAnswered(true);
    if (event == 'f') life.VersionFailed(Reason::kTimeout, 0, kStart);
    if (event == 'x') life.VersionFailed(Reason::kConnect, 0, kStart);
    if (event == 'c') life.CommandsAsked(kStart);
    if (event == 'n') life.RestartSeen();
  }
  return life;
}

TEST_CASE("daemon_life: the next state for each event") {
  struct Row {
    std::string events;
    State state;
    std::uint64_t generation;
    bool forgets;
  };
  const Row rows[] = {
      {"", State::kUnknown, 0, false},
      {"f", State::kDown, 0, true},
      {"x", State::kDown, 0, true},
      {"ff", State::kDown, 0, true},
      {"v", State::kLearning, 0, false},
      {"r", State::kLearning, 0, false},
      {"vf", State::kDown, 0, true},
      {"fv", State::kLearning, 0, true},
      {"vn", State::kLearning, 0, false},
      {"vc", State::kUp, 1, false},
      {"vcv", State::kUp, 1, false},
      {"fvc", State::kUp, 1, true},
      // An outage resets the intervals of slow collectors.
      {"vcf", State::kDown, 1, true},
      {"vcfn", State::kDown, 1, true},
      {"vcfv", State::kLearning, 1, true},
      {"vcfr", State::kLearning, 1, true},
      {"vcfvn", State::kLearning, 1, true},
      {"vcfvc", State::kUp, 2, true},
      // A restart without an outage does not.
      {"vcr", State::kLearning, 1, false},
      {"vcn", State::kLearning, 1, false},
      {"vcnr", State::kLearning, 1, false},
      {"vcnc", State::kUp, 2, false},
      {"fvcn", State::kLearning, 1, false},
      {"fvcncn", State::kLearning, 2, false},
      {"vcnf", State::kDown, 1, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.events);
    const auto life = After(row.events);
    CHECK((life.state() == row.state));
    CHECK(life.generation() == row.generation);
    CHECK(life.forgets_schedules() == row.forgets);
    CHECK(life.answers() ==
          (row.state == State::kLearning || row.state == State::kUp));
  }
}

TEST_CASE("daemon_life: each change between up and down is reported once") {
  DaemonLife life(kInterval);
  CHECK(life.VersionFailed(Reason::kConnect, 0, kStart));
  CHECK_FALSE(life.VersionFailed(Reason::kConnect, 0, kStart));
  CHECK(life.VersionAnswered(false));
  CHECK_FALSE(life.VersionAnswered(false));
  life.CommandsAsked(kStart);
  CHECK_FALSE(life.VersionAnswered(true));
  CHECK(life.VersionFailed(Reason::kParse, 200, kStart));
}

TEST_CASE("daemon_life: collectors last polled before a restart are due") {
  struct Row {
    std::string events;
    std::uint64_t polled;
    bool due;
    bool is_polled;
  };
  const Row rows[] = {
      {"", 0, false, false},     {"v", 0, false, false},
      {"vc", 0, true, false},    {"vc", 1, false, true},
      {"vcn", 1, false, false},  {"vcnc", 1, true, false},
      {"vcnc", 2, false, true},  {"vcf", 1, false, false},
      {"vcfvc", 0, true, false}, {"vcfvc", 1, true, false},
      {"vcfvc", 2, false, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.events);
    CAPTURE(row.polled);
    CHECK(After(row.events).IsDue(row.polled) == row.due);
    CHECK(After(row.events).IsPolled(row.polled) == row.is_polled);
  }
}

TEST_CASE("daemon_life: a refused connection is tried again, later each time") {
  DaemonLife life(kInterval);
  CHECK((life.NextHealthWait() == kInterval));
  for (const int wait : {500, 1000, 2000, 4000, 8000, 10000, 10000}) {
    life.VersionFailed(Reason::kConnect, 0, kStart);
    CHECK((life.NextHealthWait() == milliseconds(wait)));
  }
  // A daemon that hangs does not refuse connections.
  life.VersionFailed(Reason::kTimeout, 0, kStart);
  CHECK((life.NextHealthWait() == kInterval));
  life.VersionFailed(Reason::kConnect, 0, kStart);
  CHECK((life.NextHealthWait() == milliseconds(500)));
  life.VersionAnswered(false);
  CHECK((life.NextHealthWait() == kInterval));
  life.VersionFailed(Reason::kConnect, 0, kStart);
  CHECK((life.NextHealthWait() == milliseconds(500)));
}

TEST_CASE("daemon_life: a short interval is not exceeded by a retry") {
  DaemonLife life(milliseconds(200));
  for (int i = 0; i < 3; ++i) {
    life.VersionFailed(Reason::kConnect, 0, kStart);
    CHECK((life.NextHealthWait() == milliseconds(200)));
  }
}

TEST_CASE("daemon_life: HTTP 429 is no outage while other calls are answered") {
  struct Row {
    std::string before;
    int status;
    Duration since_answer;
    bool down;
  };
  const Row rows[] = {
      {"vc", kTooMany, seconds(0), false},
      {"vc", kTooMany, minutes(1), false},
      {"vc", kTooMany, minutes(1) + milliseconds(1), true},
      {"v", kTooMany, seconds(1), false},
      {"", kTooMany, seconds(1), true},
      {"f", kTooMany, seconds(1), true},
      {"vc", 500, seconds(0), true},
      {"vc", 0, seconds(0), true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.before);
    CAPTURE(row.status);
    CAPTURE(Seconds(row.since_answer));
    auto life = After(row.before);
    life.OtherAnswered(kStart);
    life.VersionFailed(Reason::kHttpStatus, row.status,
                       kStart + row.since_answer);
    CHECK((life.state() == State::kDown) == row.down);
  }
}

TEST_CASE("daemon_life: without any answer HTTP 429 is an outage") {
  auto life = After("vc");
  CHECK(life.VersionFailed(Reason::kHttpStatus, kTooMany,
                           kStart + std::chrono::hours(1)));
}

TEST_CASE("daemon_life: times count from the poll that learned the daemon") {
  auto life = After("v");
  life.CommandsAsked(kStart);
  CHECK((life.FirstPoll({}) == kStart));
  CHECK((life.FirstPoll(minutes(5)) == kStart + minutes(5)));
  CHECK((life.Relearn() == kStart + kInterval));
  life.RestartSeen();
  life.CommandsAsked(kStart + seconds(30));
  CHECK((life.Relearn() == kStart + seconds(30) + kInterval));
}

TEST_CASE("daemon_life: another address begins anew, in a later generation") {
  auto life = After("vc");
  const auto polled = life.generation();
  life.Replaced();
  CHECK((life.state() == State::kUnknown));
  CHECK_FALSE(life.answers());
  CHECK_FALSE(life.IsPolled(polled));
  CHECK(life.VersionAnswered(false));
  life.CommandsAsked(kStart + seconds(5));
  CHECK(life.IsDue(polled));
  CHECK(life.forgets_schedules());
}

}  // namespace
}  // namespace ipfs_peer_exporter
