#include "exporter/serve/landing_page.h"

#include <doctest/doctest.h>

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kNow = 1732297200;

Snapshot With(const PollSummary& poll, const std::string& name = "ipfs.swarm") {
  Snapshot snapshot;
  auto& entry = snapshot.entries.emplace_back();
  entry.collector = name;
  entry.poll = poll;
  return snapshot;
}

PollSummary Polled(bool supported, std::optional<bool> success) {
  PollSummary poll;
  poll.supported = supported;
  poll.success = success;
  poll.interval = seconds(90);
  poll.took = milliseconds(250);
  poll.ended = kNow - 12.5;
  return poll;
}

bool Shows(const Snapshot& snapshot, const std::string& text) {
  return LandingPage(snapshot, kNow).find(text) != std::string::npos;
}

TEST_CASE("landing_page: the state of a collector in one word") {
  CHECK(Shows(With({}), ">waiting</td>"));
  CHECK(Shows(With(Polled(true, true)), ">ok</td>"));
  CHECK(Shows(With(Polled(true, false)), ">failed</td>"));
  CHECK(Shows(With(Polled(false, std::nullopt)), ">unsupported</td>"));
}

TEST_CASE("landing_page: age, time and interval of the last poll") {
  const auto snapshot = With(Polled(true, true));
  CHECK(Shows(snapshot, "<td>ipfs.swarm</td>"));
  CHECK(Shows(snapshot, ">12.5 s</td>"));
  CHECK(Shows(snapshot, ">250.0 ms</td>"));
  CHECK(Shows(snapshot, ">1m30s</td>"));
}

TEST_CASE("landing_page: a clock that was set back makes no negative age") {
  auto poll = Polled(true, true);
  poll.ended = kNow + 100;
  CHECK(Shows(With(poll), ">0.0 ms</td>"));
}

TEST_CASE("landing_page: before the first poll there is no age") {
  CHECK_FALSE(Shows(With({}), " ms</td>"));
  CHECK_FALSE(Shows(With({}), " s</td>"));
}

TEST_CASE("landing_page: text of a neighbour is escaped") {
  auto poll = Polled(true, false);
  poll.error = "<script>\"a\" & 'b'</script>";
  CHECK(Shows(With(poll), "&lt;script&gt;&quot;a&quot; &amp; "));
  CHECK_FALSE(Shows(With(poll), "<script"));
}

TEST_CASE("landing_page: names of values skipped by the last poll") {
  auto poll = Polled(true, true);
  poll.skips = std::make_shared<const Skips>(Skips{
      {SkipReason::kName, 3, {"<b>", "a\x1b[2J"}}, {SkipReason::kType, 1, {}}});
  CHECK(Shows(With(poll),
              "<td>3 values skipped: name (&lt;b&gt;, a\\u001b[2J)<br>"
              "1 value skipped: type</td>"));
}

TEST_CASE("landing_page: an error is shown without control characters") {
  auto poll = Polled(true, false);
  poll.error = "a\x1b[2J\n\xff";
  CHECK(Shows(With(poll), "<td>a\\u001b[2J\\u000a\\u00ff</td>"));
}

TEST_CASE("landing_page: the exporter itself is not a collector") {
  CHECK_FALSE(Shows(With({}, ""), "waiting</td>"));
}

TEST_CASE("landing_page: the path of the metrics is linked, whatever it is") {
  Snapshot snapshot;
  snapshot.site = std::make_shared<const Site>(Site{"/a\"b"});
  const auto page = LandingPage(snapshot, kNow);
  CHECK(page.find("href=\"/a&quot;b/ipfs\"") != std::string::npos);
}

TEST_CASE("landing_page: it loads nothing") {
  for (const std::string text :
       {"http:", "https:", "src=", "url(", "@import"}) {
    CAPTURE(text);
    CHECK_FALSE(Shows(With(Polled(true, true)), text));
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
