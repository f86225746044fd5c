#include "exporter/poll/peer_poller.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/exporter/poll/fake_http.h"
#include "tests/exporter/poll/fake_sockets.h"
#include "tests/exporter/poll/fake_timers.h"
#include "tests/exporter/stderr_of.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kSocket[] = "unix:/run/peer.sock";
constexpr char kHttp[] = "http://127.0.0.1:52342/stats";

// A poller of one peer that sends {"a":1}.
struct Fixture {
  explicit Fixture(const std::string& url, const std::string& name = "") {
    SetUpLog(LogLevel::kError, LogFormat::kLogfmt);
    peer.name = name;
    peer.address = *ParseStatsAddress(url);
    options.peer_namespace = "peer";
    options.peer_interval = seconds(10);
    options.peer_timeout = seconds(2);
    options.peer_max_bytes = 1000;
    options.peer_max_series = 10;
    options.peer_format = peer::FindFormat("auto");
    sockets.reply = std::string(R"({"a":1})");
    http.replies["/stats"] = {.body = R"({"a":1})"};
  }

  void Start() {
    poller = std::make_unique<PeerPoller>(options, peer, timers, http, sockets,
                                          store, publisher);
    poller->Start();
    timers.Pass(milliseconds(100));
  }

  const CollectorState& state() const { return store.collectors().front(); }

  // The served samples of a family.
  std::string Served(const std::string& family) const {
    for (const auto& block : store.Current()->entries.front().blocks) {
      for (const auto& one : *block) {
        if (one.name == family) return one.samples;
      }
    }
    return "";
  }

  Options options;
  PeerOptions peer;
  FakeTimers timers;
  FakeHttp http{timers};
  FakeSockets sockets{timers};
  Store store;
  ScrapeCounter scrapes;
  Publisher publisher{store, scrapes, false};
  std::unique_ptr<PeerPoller> poller;
};

TEST_CASE("peer_poller: the stats of the peer are translated and served") {
  for (const std::string url : {kSocket, kHttp}) {
    CAPTURE(url);
    Fixture fixture(url);
    fixture.Start();
    CHECK(fixture.state().name == "peer.stats");
    CHECK(fixture.Served("peer_up") == "peer_up 1\n");
    CHECK(fixture.Served("peer_a") == "peer_a 1\n");
    CHECK(fixture.state().success == true);
    CHECK(fixture.state().polls == 1);
  }
}

TEST_CASE("peer_poller: a peer with a name has a collector of its own") {
  Fixture fixture(kSocket, "left");
  fixture.Start();
  CHECK(fixture.state().name == "peer.left");
  CHECK(fixture.Served("peer_up") == "peer_up{peer=\"left\"} 1\n");
  CHECK(fixture.Served("peer_a") == "peer_a{peer=\"left\"} 1\n");
}

TEST_CASE("peer_poller: a request is sent as a line") {
  struct Row {
    std::string request;
    std::string sent;
  };
  const Row rows[] = {{"", ""}, {"stats", "stats\n"}, {"stats\n", "stats\n"}};
  for (const auto& row : rows) {
    Fixture fixture(kSocket);
    fixture.options.peer_request = row.request;
    fixture.Start();
    REQUIRE(fixture.sockets.made.size() == 1);
    CHECK(fixture.sockets.made[0].request == row.sent);
  }
}

TEST_CASE("peer_poller: polls spread after the first, then keep the interval") {
  Fixture fixture(kSocket);
  fixture.Start();
  fixture.timers.Pass(minutes(1));
  const auto& made = fixture.sockets.made;
  REQUIRE(made.size() >= 4);
  CHECK((made[1].at - made[0].at >= seconds(5)));
  CHECK((made[1].at - made[0].at <= seconds(10)));
  CHECK((made[2].at - made[1].at == seconds(10)));
  CHECK((made[3].at - made[2].at == seconds(10)));
}

TEST_CASE("peer_poller: a poll longer than the interval is followed at once") {
  Fixture fixture(kSocket);
  fixture.options.peer_interval = seconds(1);
  fixture.sockets.takes = milliseconds(1500);
  fixture.Start();
  fixture.timers.Pass(seconds(10));
  const auto& made = fixture.sockets.made;
  REQUIRE(made.size() >= 4);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK((made[i].at - made[i - 1].at == milliseconds(1500)));
  }
}

TEST_CASE("peer_poller: the last values stay while the peer is down") {
  Fixture fixture(kSocket);
  fixture.Start();
  fixture.sockets.takes = seconds(3);
  fixture.timers.Pass(seconds(30));
  CHECK(fixture.Served("peer_up") == "peer_up 0\n");
  CHECK(fixture.Served("peer_a") == "peer_a 1\n");
  CHECK(fixture.state().success == false);
  CHECK(fixture.state().errors.at(Reason::kTimeout) ==
        fixture.state().polls - 1);
  CHECK((fixture.state().last_duration == seconds(2)));
}

TEST_CASE("peer_poller: each change is one line of the log") {
  Fixture fixture(kSocket);
  const auto log = StderrOf([&] {
    SetUpLog(LogLevel::kInfo, LogFormat::kLogfmt);
    fixture.Start();
    fixture.timers.Pass(seconds(30));
    fixture.sockets.reply = Error{Reason::kConnect, "refused"};
    fixture.timers.Pass(seconds(30));
    fixture.sockets.reply = std::string("a=2\n");
    fixture.timers.Pass(seconds(30));
  });
  std::string changes;
  for (auto at = log.find("msg="); at != std::string::npos;
       at = log.find("msg=", at + 1)) {
    changes += log.substr(at, log.find('\n', at) - at) + "\n";
  }
  const std::string of =
      " collector=peer.stats address=" + std::string(kSocket);
  CHECK(changes == "msg=\"peer up\"" + of + "\nmsg=\"peer down\"" + of +
                       " reason=connect error=refused\nmsg=\"peer up\"" + of +
                       "\n");
}

TEST_CASE("peer_poller: peer_up is rendered when it changes") {
  Fixture fixture(kSocket);
  fixture.Start();
  const auto block = fixture.state().parts.front().block;
  fixture.timers.Pass(minutes(1));
  CHECK(fixture.state().polls > 5);
  CHECK(fixture.state().parts.front().block == block);
}

TEST_CASE("peer_poller: reasons of unusable replies") {
  struct Row {
    std::string url;
    FakeHttp::Reply reply;
    std::string error;
  };
  const Row rows[] = {
      {kSocket, {.body = ""}, "parse: empty reply"},
      {kSocket,
       {.body = "\x1f\x8b!"},
       "parse: the body is gzip, which was not asked for"},
      {kHttp, {.status = 401}, "auth: HTTP 401"},
      {kHttp, {.status = 403}, "auth: HTTP 403"},
      {kHttp, {.status = 404, .body = "{}"}, "http_status: HTTP 404"},
      {kHttp,
       {.body = std::string(1001, ' ')},
       "too_large: more than 1000 bytes"},
      {kHttp,
       {.status = 0, .error = Error{Reason::kConnect, "refused"}},
       "connect: refused"},
      {kHttp, {.takes = seconds(3)}, "timeout: too slow"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.error);
    Fixture fixture(row.url);
    fixture.http.replies["/stats"] = row.reply;
    fixture.sockets.reply = row.reply.body;
    fixture.Start();
    fixture.timers.Pass(seconds(2));
    CHECK(fixture.state().last_error == row.error);
    CHECK(fixture.Served("peer_up") == "peer_up 0\n");
  }
}

TEST_CASE("peer_poller: a file of credentials that is gone makes no call") {
  Fixture fixture(kHttp);
  fixture.peer.auth_file = "/nonexistent/auth";
  fixture.Start();
  CHECK(fixture.http.made.empty());
  CHECK(fixture.state().success == false);
  CHECK(fixture.timers.waiting() == 1);
}

TEST_CASE("peer_poller: values that are dropped are counted by reason") {
  Fixture fixture(kSocket);
  fixture.sockets.reply = std::string(R"({"a":1,"b":"text"})");
  fixture.Start();
  CHECK(fixture.state().success == true);
  CHECK(fixture.state().skipped.at(SkipReason::kType) == 1);
  REQUIRE(fixture.state().skips != nullptr);
  CHECK(fixture.state().skips->size() == 1);
}

TEST_CASE("peer_poller: it leaves nothing behind when it ends") {
  for (const std::string url : {kSocket, kHttp}) {
    CAPTURE(url);
    Fixture fixture(url);
    fixture.sockets.takes = seconds(1);
    fixture.http.replies["/stats"].takes = seconds(1);
    fixture.Start();
    CHECK(fixture.sockets.under_way() + fixture.http.under_way() == 1);
    fixture.poller.reset();
    CHECK(fixture.sockets.under_way() + fixture.http.under_way() == 0);
    CHECK(fixture.timers.waiting() == 0);
  }
}

TEST_CASE("peer_poller: equal options change nothing, also during a call") {
  Fixture fixture(kSocket);
  fixture.sockets.takes = milliseconds(500);
  fixture.Start();
  fixture.poller->Change(fixture.options, fixture.peer);
  CHECK(fixture.sockets.under_way() == 1);
  fixture.timers.Pass(seconds(1));
  fixture.poller->Change(fixture.options, fixture.peer);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.sockets.made.size() == 1);
  CHECK(fixture.state().polls == 1);
}

TEST_CASE("peer_poller: another interval moves the next poll") {
  Fixture fixture(kSocket);
  fixture.Start();
  fixture.options.peer_interval = minutes(10);
  fixture.poller->Change(fixture.options, fixture.peer);
  CHECK((fixture.state().interval == minutes(10)));
  fixture.timers.Pass(minutes(9));
  CHECK(fixture.state().polls == 1);
  fixture.options.peer_interval = seconds(1);
  fixture.poller->Change(fixture.options, fixture.peer);
  fixture.timers.Pass(milliseconds(10));
  CHECK(fixture.state().polls == 2);
  fixture.timers.Pass(seconds(2));
  CHECK(fixture.state().polls == 4);
  CHECK(fixture.timers.waiting() == 1);
}

TEST_CASE("peer_poller: another interval does not end the call under way") {
  Fixture fixture(kSocket);
  fixture.sockets.takes = milliseconds(500);
  fixture.Start();
  fixture.options.peer_interval = minutes(10);
  fixture.poller->Change(fixture.options, fixture.peer);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.sockets.made.size() == 1);
  CHECK(fixture.state().polls == 1);
}

TEST_CASE("peer_poller: other options end the call and poll at once") {
  Fixture fixture(kSocket);
  fixture.sockets.takes = seconds(1);
  fixture.Start();
  fixture.options.peer_namespace = "train";
  fixture.options.peer_request = "stats";
  fixture.poller->Change(fixture.options, fixture.peer);
  CHECK(fixture.sockets.under_way() == 0);
  fixture.timers.Pass(seconds(1));
  CHECK(fixture.sockets.made.size() == 2);
  CHECK(fixture.sockets.made.back().request == "stats\n");
  CHECK(fixture.Served("train_a") == "train_a 1\n");
  CHECK(fixture.state().polls == 1);
}

TEST_CASE("peer_poller: of another address no old value is served") {
  Fixture fixture(kSocket, "left");
  fixture.Start();
  fixture.peer.address = *ParseStatsAddress(kHttp);
  fixture.http.replies["/stats"] = {.body = R"({"b":2})"};
  fixture.poller->Change(fixture.options, fixture.peer);
  fixture.publisher.Publish(fixture.timers.Now());
  CHECK(fixture.Served("peer_a").empty());
  CHECK(fixture.Served("peer_up").empty());
  fixture.timers.Pass(milliseconds(100));
  CHECK(fixture.Served("peer_b") == "peer_b{peer=\"left\"} 2\n");
  CHECK(fixture.Served("peer_up") == "peer_up{peer=\"left\"} 1\n");
  CHECK(fixture.state().polls == 2);
}

TEST_CASE("peer_poller: its collector leaves the store at the end") {
  Fixture fixture(kSocket);
  fixture.sockets.takes = seconds(1);
  fixture.Start();
  fixture.poller.reset();
  CHECK(fixture.store.collectors().empty());
  CHECK(fixture.sockets.under_way() == 0);
  CHECK(fixture.timers.waiting() == 0);
}

}  // namespace
}  // namespace ipfs_peer_exporter
