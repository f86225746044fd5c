#include "exporter/poll/ipfs_poller.h"

#include <doctest/doctest.h>

#include <fstream>
#include <memory>

#include "tests/exporter/poll/polled_daemon.h"
#include "tests/exporter/scoped.h"
#include "tests/exporter/stderr_of.h"

namespace ipfs_peer_exporter {
namespace {

using Fixture = PolledDaemon;

std::vector<Request> AskNewOrOld(const ipfs::Settings&) {
  return {
      {.target = "new", .document = ReadInto(kFamilies[1])},
      {.target = "old", .document = ReadInto(kFamilies[1]), .fallback_of = 0},
      {.target = "older",
       .document = ReadInto(kFamilies[1]),
       .fallback_of = 1}};
}

const Collector kTwoCalls{.name = "two_calls",
                          .on_by_default = true,
                          .interval = seconds(10),
                          .requests = AskNewOrOld,
                          .families = kFamilies};
// Cannot read its reply without the input.
const Collector kReader{
    .name = "reader",
    .on_by_default = true,
    .interval = seconds(10),
    .requests = [](const ipfs::Settings&) -> std::vector<Request> {
      return {{.target = "reader",
               .document = [](const rapidjson::Value&, Sink& sink) -> Status {
                 if (sink.daemon.ConnectedNow() != nullptr) return Ok();
                 return Error{Reason::kSchema, "no input"};
               }}};
    },
    .families = {},
    .after = &kSwarm,
    .has_input = kPeering.has_input};

TEST_CASE("ipfs_poller: the daemon is learned, then all are polled at once") {
  Fixture fixture({&kOne});
  fixture.Start();
  std::vector<std::string> paths;
  for (const auto& call : fixture.http.made) paths.push_back(call.path);
  CHECK((paths == std::vector<std::string>{kVersionCall, kCommands,
                                           "/api/v0/diag/healthy", kCallOne}));
  CHECK(fixture.http.made[0].post);
  CHECK(fixture.poller->up() == true);
  CHECK(fixture.Served("ipfs_up") == "ipfs_up 1\n");
  CHECK(fixture.Served("ipfs_one_total") == "ipfs_one_total 5\n");
  CHECK(fixture.Served("ipfs_daemon_restarts_total") ==
        "ipfs_daemon_restarts_total 0\n");
}

TEST_CASE("ipfs_poller: polls spread after the first, then keep the interval") {
  Fixture fixture({&kOne});
  fixture.Start();
  fixture.timers.Pass(minutes(1));
  const auto times = fixture.http.Times(kCallOne);
  REQUIRE(times.size() >= 4);
  CHECK((times[1] - times[0] >= seconds(5)));
  CHECK((times[1] - times[0] <= seconds(10)));
  CHECK((times[2] - times[1] == seconds(10)));
  CHECK((times[3] - times[2] == seconds(10)));
  CHECK(fixture.http.Count(kCommands) == 1);
}

TEST_CASE("ipfs_poller: a call that the daemon does not list is not made") {
  Fixture fixture({&kOne, &kSwarm});
  fixture.http.replies[kCommands] =
      Says(R"({"Subcommands":[{"Name":"version"},{"Name":"one"}]})");
  fixture.Start();
  fixture.timers.Pass(minutes(5));
  CHECK(fixture.http.Count(kCallOne) > 10);
  CHECK(fixture.http.Count("/api/v0/swarm") == 0);
  CHECK(fixture.State("swarm").supported == false);
}

TEST_CASE("ipfs_poller: while the daemon is down, only version is called") {
  Fixture fixture({&kOne});
  fixture.http.to_all = Refused();
  fixture.Start();
  CHECK(fixture.poller->up() == false);
  CHECK(fixture.Served("ipfs_up") == "ipfs_up 0\n");
  fixture.timers.Pass(minutes(1));
  CHECK(fixture.http.Count(kVersionCall) == fixture.http.made.size());
  const auto times = fixture.http.Times(kVersionCall);
  REQUIRE(times.size() > 7);
  CHECK((times[1] - times[0] >= milliseconds(250)));  // spread
  CHECK((times[1] - times[0] <= milliseconds(500)));
  const int waits[] = {1, 2, 4, 8, 10, 10};
  for (std::size_t i = 0; i < std::size(waits); ++i) {
    CHECK((times[i + 2] - times[i + 1] == seconds(waits[i])));
  }
}

TEST_CASE(
    "ipfs_poller: all collectors are polled when the daemon comes up again") {
  Fixture fixture({&kOne});
  fixture.http.replies[kCallOne].takes = milliseconds(500);
  fixture.Start();
  fixture.timers.Pass(seconds(1));
  CHECK((fixture.State("one").interval == seconds(50)));
  fixture.http.to_all = Refused();
  fixture.timers.Pass(seconds(20));
  CHECK(fixture.poller->up() == false);
  const auto asked = fixture.http.Count(kCallOne);
  fixture.http.to_all.reset();
  fixture.http.replies[kCallOne].takes = milliseconds(1);
  fixture.timers.Pass(seconds(10));
  CHECK(fixture.poller->up() == true);
  CHECK(fixture.http.Count(kCallOne) > asked);
  CHECK((fixture.State("one").interval == seconds(10)));
  CHECK(fixture.http.Count(kCommands) == 2);
}

TEST_CASE("ipfs_poller: ipfs.health polls at once after a lost connection") {
  Fixture fixture({&kOne});
  fixture.Start();
  const auto before = fixture.http.Count(kVersionCall);
  fixture.http.replies[kCallOne] = Refused();
  fixture.timers.Pass(fixture.http.Times(kCallOne)[0] + seconds(5) -
                      fixture.timers.Now());
  while (fixture.http.Count(kCallOne) < 2) fixture.timers.Pass(milliseconds(1));
  const auto asked = fixture.http.Times(kCallOne)[1];
  fixture.timers.Pass(milliseconds(5));
  CHECK(fixture.http.Count(kVersionCall) > before);
  CHECK((fixture.http.Times(kVersionCall).back() - asked <= milliseconds(2)));
}

TEST_CASE("ipfs_poller: a decreased counter is one restart") {
  Fixture fixture({&kOne, &kLate});
  fixture.options.first_at_once = true;
  fixture.Start();
  CHECK(fixture.State("late").polls == 1);
  fixture.http.replies[kCallOne] = Says(R"({"n":4})");
  fixture.timers.Pass(minutes(1));
  CHECK(fixture.http.Count(kCommands) == 2);
  CHECK(fixture.Served("ipfs_daemon_restarts_total") ==
        "ipfs_daemon_restarts_total 1\n");
  CHECK(fixture.State("late").polls == 2);
}

TEST_CASE("ipfs_poller: another version is a restart") {
  Fixture fixture({&kOne});
  fixture.Start();
  fixture.http.replies[kVersionCall] = Says(R"({"Version":"0.43.0"})");
  fixture.timers.Pass(seconds(11));
  CHECK(fixture.http.Count(kCommands) == 2);
  CHECK(fixture.Served("ipfs_daemon_restarts_total") ==
        "ipfs_daemon_restarts_total 1\n");
}

TEST_CASE("ipfs_poller: a poll that was under way at a restart is made again") {
  Fixture fixture({&kOne, &kSwarm});
  fixture.options.budget = 0;
  fixture.options.timeout = minutes(1);
  fixture.http.replies["/api/v0/swarm"] = {.body = "{}", .takes = seconds(30)};
  fixture.Start();
  fixture.http.replies[kCallOne] = Says(R"({"n":4})");
  fixture.timers.Pass(seconds(29));
  CHECK(fixture.http.Count(kCommands) == 2);
  CHECK(fixture.http.Count("/api/v0/swarm") == 1);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.http.Count("/api/v0/swarm") == 2);
}

TEST_CASE("ipfs_poller: a poll that began before an upgrade is made again") {
  Fixture fixture({&kSwarm});
  fixture.options.budget = 0;
  fixture.options.timeout = minutes(1);
  fixture.options.collectors[1].interval = seconds(20);
  fixture.http.replies[kVersionCall].takes = milliseconds(9900);
  fixture.http.replies["/api/v0/swarm"] = {.body = "{}", .takes = seconds(12)};
  fixture.Start();
  while (fixture.http.Count("/api/v0/swarm") < 2) {
    fixture.timers.Pass(milliseconds(1));
  }
  // The next answer to version, which is under way, is another one.
  fixture.http.replies[kVersionCall].body = R"({"Version":"0.43.0"})";
  fixture.timers.Pass(seconds(24));
  CHECK(fixture.http.Count(kCommands) == 2);
  const auto times = fixture.http.Times("/api/v0/swarm");
  REQUIRE(times.size() >= 3);
  CHECK((times[2] - times[1] < seconds(20)));
}

TEST_CASE("ipfs_poller: first_after delays the first poll") {
  Fixture fixture({&kLate});
  fixture.Start();
  fixture.timers.Pass(seconds(299));
  CHECK(fixture.http.Count(kCallOne) == 0);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.http.Count(kCallOne) == 1);
}

TEST_CASE("ipfs_poller: a slow call is made less often, ipfs.health is not") {
  Fixture fixture({&kOne});
  fixture.http.replies[kCallOne].takes = seconds(1);
  fixture.http.replies[kVersionCall].takes = seconds(1);
  fixture.Start();
  fixture.timers.Pass(seconds(5));
  CHECK((fixture.State("one").interval == seconds(100)));
  CHECK((fixture.State("health").interval == seconds(10)));
}

TEST_CASE("ipfs_poller: each further timeout in a row doubles the wait") {
  Fixture fixture({&kOne});
  fixture.http.replies[kCallOne].takes = seconds(6);
  fixture.Start();
  for (const int wait : {500, 1000, 2000, 3600, 3600}) {
    const auto polls = fixture.State("one").polls;
    while (fixture.State("one").polls == polls) fixture.timers.Pass(seconds(1));
    CHECK((fixture.State("one").interval == seconds(wait)));
    CHECK(fixture.State("one").errors.at(Reason::kTimeout) == polls + 1);
  }
  CHECK(fixture.poller->up() == true);
}

TEST_CASE("ipfs_poller: a collector waits for the one whose values it reads") {
  Fixture fixture({&kPeering, &kSwarm});
  fixture.http.replies["/api/v0/swarm"] = {.body = "{}", .takes = seconds(2)};
  fixture.options.budget = 0;
  fixture.Start();
  CHECK(fixture.http.Count(kCallOne) == 0);
  fixture.timers.Pass(seconds(2));
  CHECK(fixture.http.Count(kCallOne) == 1);
  CHECK(fixture.State("peering").success == true);
}

TEST_CASE("ipfs_poller: a collector fails with the one whose values it reads") {
  Fixture fixture({&kPeering, &kSwarm});
  fixture.http.replies["/api/v0/swarm"] = {.status = 500};
  fixture.Start();
  CHECK(fixture.http.Count(kCallOne) == 0);
  CHECK(fixture.State("peering").last_error ==
        "http_status: not asked: ipfs.swarm fails: HTTP 500");
  fixture.http.replies["/api/v0/swarm"] = Says("{}");
  fixture.timers.Pass(seconds(30));
  CHECK(fixture.State("peering").success == true);
}

TEST_CASE("ipfs_poller: a reply whose input is forgotten is no failure") {
  Fixture fixture({&kOne, &kSwarm, &kReader});
  fixture.options.timeout = minutes(1);
  fixture.options.budget = 0;
  fixture.http.replies["/api/v0/swarm"] = Says("{}");
  fixture.http.replies["/api/v0/reader"] = {.body = "{}", .takes = seconds(30)};
  fixture.Start();
  CHECK(fixture.http.Count("/api/v0/reader") == 1);
  // The daemon restarts; its list of connections is slow to come.
  fixture.http.replies[kCallOne] = Says(R"({"n":1})");
  fixture.http.replies["/api/v0/swarm"].takes = seconds(40);
  fixture.timers.Pass(seconds(35));
  CHECK(fixture.State("reader").polls == 0);
  fixture.http.replies["/api/v0/reader"].takes = seconds(1);
  fixture.timers.Pass(minutes(2));
  CHECK(fixture.State("reader").errors.empty());
  CHECK(fixture.State("reader").success == true);
}

TEST_CASE("ipfs_poller: four calls at once, ipfs.health beside them") {
  Fixture fixture({&kOne, &kOne, &kOne, &kOne, &kOne, &kOne});
  fixture.http.replies[kCallOne].takes = seconds(1);
  fixture.http.replies["/api/v0/diag/healthy"] = {.body = "\"ok\"",
                                                  .takes = seconds(3)};
  fixture.Start();
  CHECK(fixture.http.Count(kCallOne) == 4);
  fixture.timers.Pass(seconds(4));
  CHECK(fixture.http.Count(kCallOne) == 6);
  CHECK(fixture.http.most_at_once() == 5);
  // The wait for a slot is not part of the duration.
  for (const auto& state : fixture.store.collectors()) {
    if (state.name == "ipfs.one") CHECK((state.last_duration == seconds(1)));
  }
}

TEST_CASE(
    "ipfs_poller: calls that waited for a slot count as part of an outage") {
  Fixture fixture({&kOne, &kOne, &kOne, &kOne, &kOne, &kOne});
  fixture.options.collectors[0].interval = seconds(1);
  fixture.http.replies[kCallOne].takes = seconds(4);
  fixture.Start();
  fixture.http.to_all = Refused();
  fixture.timers.Pass(seconds(30));
  CHECK(fixture.http.Count(kCallOne) == 4);
  CHECK(fixture.poller->up() == false);
  fixture.http.to_all.reset();
  fixture.timers.Pass(seconds(30));
  for (const auto& state : fixture.store.collectors()) {
    CHECK(state.success == true);
  }
}

TEST_CASE("ipfs_poller: an api file on the network gets no credentials") {
  const ScopedFolder folder;
  const ScopedEnv environment("IPFS_PATH", folder.path());
  std::ofstream(folder.File("auth")) << "bearer:secret";
  for (const bool local : {false, true}) {
    CAPTURE(local);
    std::ofstream(folder.File("api"))
        << (local ? "/ip4/127.0.0.1/tcp/5009" : "/ip4/10.0.0.1/tcp/5001");
    Fixture fixture({&kOne});
    fixture.options.api.reset();
    fixture.options.auth_file = folder.File("auth");
    fixture.Start();
    CHECK(fixture.poller->up() == local);
    if (local) {
      REQUIRE_FALSE(fixture.http.made.empty());
      CHECK(fixture.http.made[0].credentials.bearer == "secret");
    } else {
      CHECK(fixture.http.made.empty());
      CHECK(fixture.State("health").last_error ==
            "auth: credentials are not sent to /ip4/10.0.0.1/tcp/5001 from an "
            "api file; set --ipfs.api to send them");
    }
  }
}

// Number of occurrences of one string in another.
std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

TEST_CASE("ipfs_poller: each poller logs a bad api file, and does so once") {
  const ScopedFolder folder;
  const ScopedEnv environment("IPFS_PATH", folder.path());
  std::ofstream(folder.File("api")) << "nonsense";
  for (int pollers = 0; pollers < 2; ++pollers) {
    Fixture fixture({});
    fixture.options.api.reset();
    fixture.http.to_all = Refused();
    const auto log = StderrOf([&] {
      SetUpLog(LogLevel::kInfo, LogFormat::kLogfmt);
      fixture.Start();
      fixture.timers.Pass(minutes(1));
    });
    CHECK(CountOf(log, "api file not used") == 1);
  }
}

TEST_CASE("ipfs_poller: a 403 to a call that was added later is no failure") {
  Fixture fixture({&kLate, &kOne});
  fixture.options.first_at_once = true;
  fixture.http.replies[kCallOne] = {.status = 403};
  const auto log = StderrOf([&] {
    SetUpLog(LogLevel::kInfo, LogFormat::kLogfmt);
    fixture.Start();
    fixture.timers.Pass(minutes(30));
  });
  CHECK(fixture.State("late").polls > 2);
  CHECK(fixture.State("late").supported == false);
  REQUIRE(fixture.State("late").notes.size() == 1);
  CHECK(fixture.State("late").notes[0].find("AllowedPaths") !=
        std::string::npos);
  CHECK(CountOf(log, "call denied") == 1);
  CHECK(fixture.State("one").success == false);
  CHECK(CountOf(log, "collector fails") == 1);
}

TEST_CASE("ipfs_poller: a failure and its end are logged once each") {
  Fixture fixture({&kOne});
  const auto log = StderrOf([&] {
    SetUpLog(LogLevel::kInfo, LogFormat::kLogfmt);
    fixture.Start();
    fixture.http.replies[kCallOne] = {.status = 500};
    fixture.timers.Pass(minutes(1));
    fixture.http.replies[kCallOne] = Says(R"({"n":5})");
    fixture.timers.Pass(minutes(1));
  });
  CHECK(CountOf(log, "daemon up") == 1);
  CHECK(CountOf(log, "collector fails") == 1);
  CHECK(CountOf(log, "collector works again") == 1);
}

TEST_CASE("ipfs_poller: 429 of version alone does not take the daemon down") {
  Fixture fixture({&kOne});
  fixture.Start();
  fixture.http.replies[kVersionCall] = {.status = 429};
  fixture.timers.Pass(minutes(5));
  CHECK(fixture.poller->up() == true);
  CHECK(fixture.State("health").success == false);
  fixture.http.to_all = FakeHttp::Reply{.status = 429};
  fixture.timers.Pass(seconds(45));
  CHECK(fixture.poller->up() == true);
  fixture.timers.Pass(seconds(30));
  CHECK(fixture.poller->up() == false);
}

TEST_CASE("ipfs_poller: a fallback is called if the first call is missing") {
  Fixture fixture({&kTwoCalls});
  fixture.http.replies["/api/v0/older"] = Says(R"({"n":7})");
  fixture.Start();
  CHECK(fixture.Served("ipfs_other") == "ipfs_other 7\n");
  fixture.http.replies["/api/v0/new"] = Says(R"({"n":8})");
  fixture.timers.Pass(seconds(10));
  CHECK(fixture.Served("ipfs_other") == "ipfs_other 8\n");
}

TEST_CASE(
    "ipfs_poller: what a fallback said stays while the first call fails") {
  Fixture fixture({&kTwoCalls});
  fixture.http.replies["/api/v0/older"] = Says(R"({"n":7})");
  fixture.Start();
  fixture.http.replies["/api/v0/new"] = {.status = 500};
  fixture.timers.Pass(seconds(20));
  CHECK(fixture.State("two_calls").success == false);
  CHECK(fixture.State("two_calls").errors.at(Reason::kHttpStatus) ==
        fixture.State("two_calls").polls - 1);
  CHECK(fixture.Served("ipfs_other") == "ipfs_other 7\n");
}

TEST_CASE("ipfs_poller: ipfs_up is rendered when it changes, and stays young") {
  Fixture fixture({&kOne});
  fixture.Start();
  const auto parts = fixture.State("health").parts;
  fixture.timers.Pass(minutes(10));
  const auto& later = fixture.State("health").parts;
  for (const auto i : {parts.size() - 2, parts.size() - 1}) {
    CHECK(later[i].block == parts[i].block);
  }
  CHECK((fixture.timers.Now() - later.back().at <= seconds(10)));
}

TEST_CASE("ipfs_poller: it leaves nothing behind when it ends") {
  Fixture fixture({&kOne, &kSwarm});
  fixture.http.replies[kCallOne].takes = seconds(3);
  fixture.Start();
  CHECK(fixture.http.under_way() > 0);
  CHECK(fixture.timers.waiting() > 0);
  fixture.poller.reset();
  CHECK(fixture.http.under_way() == 0);
  CHECK(fixture.timers.waiting() == 0);
}

}  // namespace
}  // namespace ipfs_peer_exporter
