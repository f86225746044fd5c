#include "exporter/serve/dashboard/dashboard.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "exporter/serve/dashboard/resources.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr double kNow = 1732297200;

// A snapshot with one collector, to be changed by the test.
struct Scene {
  explicit Scene(const std::string& name = "ipfs.swarm",
                 const PollSummary& poll = {}) {
    entry().poll = poll;
    entry().collector = name;
    entry().source = name.substr(0, name.find('.'));
  }

  Snapshot::Entry& entry() { return snapshot->entries.front(); }

  void Serve(const Families& families) {
    entry().blocks = {RenderBlock(families)};
    history.Record(*snapshot, Clock::time_point(std::chrono::hours(1)));
  }

  std::string Get(Dashboard::Form form) const {
    return *Dashboard(history).Get(form, snapshot, kNow);
  }
  bool Shows(const std::string& text) const {
    return Get(Dashboard::Form::kPage).find(text) != std::string::npos;
  }
  bool Prints(const std::string& text) const {
    return Get(Dashboard::Form::kPlain).find(text) != std::string::npos;
  }

  History history;
  std::shared_ptr<Snapshot> snapshot = [] {
    auto made = std::make_shared<Snapshot>();
    made->entries.emplace_back();
    made->entries.emplace_back();
    return made;
  }();
};

PollSummary Polled(bool supported, std::optional<bool> success) {
  PollSummary poll;
  poll.supported = supported;
  poll.success = success;
  poll.interval = seconds(90);
  poll.took = milliseconds(250);
  poll.ended = kNow - 12.5;
  return poll;
}

Scene With(const PollSummary& poll, const std::string& name = "ipfs.swarm") {
  return Scene(name, poll);
}

PollSummary Failed(Reason reason, const std::string& error) {
  auto poll = Polled(true, false);
  poll.reason = reason;
  poll.error = error;
  poll.error_at = kNow - 3;
  return poll;
}

TEST_CASE("dashboard: the state of a collector in one word") {
  CHECK(With({}).Shows(">waiting</span>"));
  CHECK(With(Polled(true, true)).Shows("\"state ok\">ok</span>"));
  CHECK(With(Polled(true, false)).Shows(">failed</span>"));
  CHECK(With(Polled(false, std::nullopt)).Shows(">unsupported</span>"));
}

TEST_CASE("dashboard: while the daemon is down, its collectors are paused") {
  auto scene = With(Polled(true, true));
  scene.snapshot->reach["ipfs"] = {false, kNow - 60};
  CHECK(scene.Shows(">paused</span>"));
  CHECK(scene.Shows("<span class=\"pill down\">down</span> for 60 s"));
}

TEST_CASE("dashboard: age, time and interval of the last poll") {
  const auto scene = With(Polled(true, true));
  CHECK(scene.Shows(">12 s ago</span>"));
  CHECK(scene.Shows(">took 250 ms</span>"));
  CHECK(scene.Shows(">every 1m30s</span>"));
}

TEST_CASE("dashboard: a clock that was set back makes no negative age") {
  auto poll = Polled(true, true);
  poll.ended = kNow + 100;
  CHECK(With(poll).Shows(">0 s ago</span>"));
}

TEST_CASE("dashboard: an error comes with what to do about it") {
  const auto daemon = With(Failed(Reason::kAuth, "auth: 403"));
  CHECK(daemon.Shows("Last error, 3 s ago: <span class=\"error\">auth: 403"));
  CHECK(daemon.Shows("--print-authorizations"));
  CHECK(daemon.Shows("Needs attention"));
  CHECK(daemon.Prints("! auth: 403"));
  const auto peer = With(Failed(Reason::kTooLarge, "x"), "peer.stats");
  CHECK(peer.Shows("--peer.max-bytes"));
}

TEST_CASE("dashboard: an error that is over is only told") {
  auto poll = Failed(Reason::kConnect, "connect: refused");
  poll.success = true;
  const auto scene = With(poll);
  CHECK(scene.Shows("<p class=\"past\">Last error, 3 s ago"));
  CHECK_FALSE(scene.Shows("Is the daemon running?"));
}

TEST_CASE("dashboard: text of a neighbour is escaped") {
  auto poll = Failed(Reason::kParse, "<script>\"a\" & 'b'\x1b[2J\n\xff");
  poll.skips = std::make_shared<const Skips>(
      Skips{{SkipReason::kName, 3, {"<b>", "a\x1b[2J"}}});
  auto scene = With(poll);
  Families families;
  families.Add({"ipfs_x", kGauge, "<i>Help</i>"}, 1,
               {{"a", "<img src=x>\"\\\n"}});
  families.Add({"ipfs_x", kGauge, "<i>Help</i>"}, 1, {{"a", "'\x1b[0m"}});
  scene.Serve(families);
  CHECK(scene.Shows("&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\\u001b[2J"));
  CHECK(scene.Shows("3 values skipped: name (&lt;b&gt;, a\\u001b[2J)"));
  CHECK(scene.Shows("<bdi>&lt;img src=x&gt;&quot;\\\\u000a</bdi>"));
  CHECK(scene.Shows("&lt;i&gt;Help&lt;/i&gt;"));
  for (const auto* text : {"<i>", "<img", "<script>\"", "\x1b"}) {
    CHECK_FALSE(scene.Shows(text));
  }
  CHECK_FALSE(scene.Prints("\x1b"));
}

TEST_CASE("dashboard: a family with its help, value, exact value and line") {
  Scene scene;
  Families families;
  families.Add({"ipfs_x_bytes", kGauge, "What X is."}, 1536);
  scene.Serve(families);
  CHECK(scene.Shows("<code>ipfs_<wbr>x_<wbr>bytes</code>"));
  CHECK(scene.Shows(">What X is.</span>"));
  CHECK(scene.Shows("title=\"1536\">1.50 KiB</td>"));
  CHECK(scene.Shows("<title>min 1.50 KiB, max 1.50 KiB, now 1.50 KiB"));
  CHECK(scene.Prints("1.50 KiB"));
  CHECK(scene.Prints("▅"));
}

TEST_CASE("dashboard: the first series of a large family, and how many more") {
  Scene scene;
  Families families;
  for (int i = 0; i < 20; ++i) {
    families.Add({"ipfs_x", kGauge, "X."}, i, {{"n", std::to_string(i)}});
  }
  scene.Serve(families);
  CHECK(scene.Shows("and 8 more series"));
  CHECK(scene.Prints("ipfs_x: and 8 more series"));
}

TEST_CASE("dashboard: a histogram has bars of its buckets") {
  Scene scene;
  Families families;
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = 5;
  histogram.sample_sum = 2;
  histogram.bucket = {{3, 0.5}, {5, std::numeric_limits<double>::infinity()}};
  families.Add({"ipfs_x_seconds", kHistogram, "X."}, histogram);
  scene.Serve(families);
  CHECK(scene.Shows("<title>up to 500 ms: 3, above: 2</title>"));
  CHECK(scene.Shows("_count</span>"));
}

TEST_CASE("dashboard: the card of a peer has what is known of its training") {
  auto scene = With(Polled(true, true), "peer.left");
  scene.entry().poll.changed = kNow - 7500;
  Families families;
  families.Add({"peer_other", kGauge, "Other."}, 5);
  families.Add({"peer_trainings_total", kCounter, "Trainings."}, 12345);
  families.Add({"peer_accuracy", kGauge, "Accuracy."}, 0.935);
  families.Add({"peer_info", kGauge, "Info."}, 1,
               {{"model", "tree"}, {"peer", "left"}});
  scene.Serve(families);
  CHECK(scene.Shows(">Peer left</a></h3>"));
  CHECK(scene.Shows("<span class=\"pill up\">up</span> for 2h 5m"));
  CHECK(
      scene.Shows("<dt>Trainings</dt><dd><span class=\"big\" "
                  "title=\"12345\">12,345</span>"));
  CHECK(scene.Shows(">93.5 %</span>"));
  CHECK(scene.Shows("<dt>Other</dt>"));
  CHECK(scene.Shows("<dt>model</dt>"));
  CHECK_FALSE(scene.Shows("<dt>peer</dt>"));
}

TEST_CASE("dashboard: how full the repository is") {
  Scene scene("ipfs.repo");
  Families families;
  families.Add({"ipfs_repo_size_bytes", kGauge, "Size."}, 512);
  families.Add({"ipfs_repo_storage_max_bytes", kGauge, "Max."}, 1024);
  scene.Serve(families);
  CHECK(scene.Shows("<title>50 % full</title>"));
  CHECK(scene.Shows("512 B of 1 KiB"));
  CHECK(scene.Prints("512 B of 1 KiB (50 %)"));
}

TEST_CASE("dashboard: the settings in force") {
  Scene scene;
  Site site{"/a\"b"};
  site.settings = {{"--ipfs.timeout", "5s", ""},
                   {"--peer.stats", "<a>", "exporter.yml"}};
  scene.snapshot->site = std::make_shared<const Site>(site);
  CHECK(scene.Shows("<code>--ipfs.timeout</code>"));
  CHECK(scene.Shows("<td class=\"default\">default</td>"));
  CHECK(scene.Shows("&lt;a&gt;"));
  CHECK(scene.Shows("exporter.yml"));
  CHECK(scene.Shows("href=\"/a&quot;b/ipfs\""));
}

TEST_CASE("dashboard: the part is in the page") {
  auto scene = With(Polled(true, true));
  CHECK(scene.Shows(scene.Get(Dashboard::Form::kPart)));
}

TEST_CASE("dashboard: made once for a snapshot and a second") {
  Scene scene;
  Dashboard dashboard(scene.history);
  using Form = Dashboard::Form;
  const auto first = dashboard.Get(Form::kPage, scene.snapshot, kNow);
  CHECK(dashboard.Get(Form::kPage, scene.snapshot, kNow + 0.5) == first);
  CHECK(dashboard.Get(Form::kPage, scene.snapshot, kNow + 1) != first);
  const auto plain = dashboard.Get(Form::kPlain, scene.snapshot, kNow + 1);
  CHECK(plain != dashboard.Get(Form::kPage, scene.snapshot, kNow + 1));
  const auto next = std::make_shared<Snapshot>(*scene.snapshot);
  CHECK(dashboard.Get(Form::kPlain, next, kNow + 1) != plain);
}

TEST_CASE("dashboard: a browser gets HTML, a terminal text") {
  Scene scene;
  Dashboard dashboard(scene.history);
  const auto type = [&](const std::string& accept, HttpQuery query) {
    HttpRequest request;
    request.accept = accept;
    request.query = std::move(query);
    return dashboard.Answer(request, scene.snapshot).content_type;
  };
  constexpr auto kHtml = "text/html; charset=utf-8";
  constexpr auto kText = "text/plain; charset=utf-8";
  CHECK(type("text/html,application/xhtml+xml,*/*;q=0.8", {}) == kHtml);
  CHECK(type("*/*", {}) == kText);
  CHECK(type("", {}) == kText);
  CHECK(type("text/html", {{"plain", ""}}) == kText);
  CHECK(type("*/*", {{"part", ""}}) == kHtml);
}

TEST_CASE("dashboard: it loads nothing, and its policy allows nothing else") {
  const auto scene = With(Polled(true, true));
  for (const std::string text :
       {"http:", "https:", "src=", "url(", "@import", " style=", " onclick"}) {
    CAPTURE(text);
    CHECK_FALSE(scene.Shows(text));
  }
  CHECK(scene.Shows("<style>" + std::string(kStyle) + "</style>"));
  CHECK(scene.Shows("<script>" + std::string(kScript) + "</script>"));
  CHECK(Dashboard::Policy().starts_with(
      "default-src 'none'; style-src 'sha256-"));
}

}  // namespace
}  // namespace ipfs_peer_exporter
