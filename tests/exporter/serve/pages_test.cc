#include "exporter/serve/pages.h"

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/families.h"

namespace ipfs_peer_exporter {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Clock::time_point kStart{hours(1)};
constexpr Family kProcess{"process_threads", kGauge, "Threads."};

Block MakeBlock(const Family& family, double value, Labels labels = {}) {
  Families families;
  families.Add(family, value, std::move(labels));
  return RenderBlock(families);
}

// A store with two collectors of the daemon and two peers, and its pages.
class TestPages {
 public:
  explicit TestPages(bool ipfs = true, const std::string& path = "/metrics")
      : pages_(store_, scrapes_, history_) {
    store_.SetSite({path, ipfs});
    Add("ipfs.swarm", "ipfs", {"ipfs_swarm_peers", kGauge, "Peers."}, 2);
    Add("ipfs.repo", "ipfs", {"ipfs_repo_size_bytes", kGauge, "Size."}, 3);
    Add("peer.left", "peer", {"peer_x", kGauge, "X."}, 4, {{"peer", "left"}});
    Add("peer.right", "peer", {"peer_x", kGauge, "X of the other."}, 5,
        {{"peer", "right"}});
    Publish();
  }

  CollectorState& Add(const std::string& name, const std::string& source,
                      const Family& family, double value, Labels labels = {}) {
    auto& state = store_.Add(name, source, seconds(10));
    state.parts = {{MakeBlock(family, value, std::move(labels)), kStart}};
    return state;
  }

  void Publish() { store_.Publish(kStart, {MakeBlock(kProcess, 2)}); }

  using Query = std::vector<std::pair<std::string, std::string>>;
  HttpResponse Get(const std::string& path, Query query = {},
                   const std::string& accept = "") {
    HttpRequest request;
    request.accept = accept;
    request.path = path;
    if (path == "/") request.accept = "text/html";
    request.query = std::move(query);
    auto response = pages_.Answer(request);
    REQUIRE(response.body != nullptr);
    return response;
  }
  std::string Body(const std::string& path, Query query = {}) {
    return *Get(path, std::move(query)).body;
  }

  const ScrapeCounter& scrapes() const { return scrapes_; }

 private:
  Store store_;
  ScrapeCounter scrapes_;
  History history_;
  Pages pages_;
};

bool Has(const std::string& page, const std::string& line) {
  return ("\n" + page).find("\n" + line + "\n") != std::string::npos;
}

std::set<std::string> Samples(const std::string& page) {
  std::set<std::string> samples;
  std::size_t at = 0;
  while (at < page.size()) {
    const auto end = page.find('\n', at);
    if (page[at] != '#') samples.insert(page.substr(at, end - at));
    at = end + 1;
  }
  return samples;
}

// Whether each name has only one header.
bool HasEachFamilyOnce(const std::string& page) {
  std::set<std::string> names;
  constexpr std::string_view kType = "# TYPE ";
  for (auto at = page.find(kType); at != std::string::npos;
       at = page.find(kType, at + 1)) {
    const auto name = at + kType.size();
    if (!names.insert(page.substr(name, page.find(' ', name) - name)).second) {
      return false;
    }
  }
  return true;
}

TEST_CASE("pages: a family of two peers has the header of the first") {
  TestPages site;
  const auto page = site.Body("/metrics/peer");
  CHECK(page.find("# HELP peer_x X.\n"
                  "# TYPE peer_x gauge\n"
                  "peer_x{peer=\"left\"} 4\n"
                  "peer_x{peer=\"right\"} 5\n") != std::string::npos);
  CHECK(page.find("X of the other") == std::string::npos);
}

TEST_CASE("pages: a type that peers disagree on becomes untyped") {
  TestPages site;
  site.Add("peer.third", "peer", {"peer_x", kCounter, "X."}, 6,
           {{"peer", "third"}});
  site.Publish();
  const auto page = site.Body("/metrics");
  CHECK(page.find("# HELP peer_x X.\n"
                  "# TYPE peer_x untyped\n"
                  "peer_x{peer=\"left\"} 4\n"
                  "peer_x{peer=\"right\"} 5\n"
                  "peer_x{peer=\"third\"} 6\n") != std::string::npos);
}

TEST_CASE("pages: a histogram and a gauge of one name are both untyped") {
  TestPages site;
  auto& state = site.Add("peer.third", "peer", {"peer_y", kGauge, "Y."}, 6);
  Families families;
  families.Add({"peer_x", kHistogram, "X."}, {.sample_count = 7, .bucket = {}},
               {{"peer", "third"}});
  state.parts.push_back({RenderBlock(families), kStart});
  site.Publish();
  const auto page = site.Body("/metrics");
  CHECK(page.find("# HELP peer_x X.\n"
                  "# TYPE peer_x untyped\n"
                  "peer_x{peer=\"left\"} 4\n"
                  "peer_x{peer=\"right\"} 5\n") != std::string::npos);
  CHECK(page.find("# HELP peer_x_count X.\n"
                  "# TYPE peer_x_count untyped\n"
                  "peer_x_count{peer=\"third\"} 7\n") != std::string::npos);
}

TEST_CASE("pages: a collector with a page of its own") {
  TestPages site;
  auto& state = site.Add("ipfs.native", "ipfs", {"own_x", kGauge, "O."}, 1);
  state.page = "native";
  Families relayed;
  relayed.Add({"native_x", kGauge, "N."}, 7);
  state.parts.back().on_page = RenderBlock(relayed);
  site.Publish();
  CHECK(Has(site.Body("/metrics/native"), "native_x 7"));
  CHECK(site.Body("/metrics/native").find("own_x") == std::string::npos);
  CHECK(Has(site.Body("/metrics/ipfs"), "own_x 1"));
  CHECK(Has(site.Body("/metrics"), "own_x 1"));
  CHECK(site.Body("/metrics").find("native_x") == std::string::npos);
  CHECK(site.Body("/metrics/ipfs").find("native_x") == std::string::npos);
  CHECK(Has(site.Body("/metrics/native", {{"collect[]", "ipfs.native"}}),
            "native_x 7"));
  CHECK(site.Body("/metrics/native", {{"exclude[]", "ipfs"}}) == "");
  CHECK(site.Get("/metrics/").status == 404);
  CHECK(site.Get("/metrics/nativ").status == 404);
  CHECK(site.Body("/").find("href=\"/metrics/native\"") != std::string::npos);
}

TEST_CASE("pages: one peer's family, another peer's part of it") {
  for (const auto type : {kHistogram, kSummary}) {
    CAPTURE(type);
    TestPages site;
    auto& state = site.Add("peer.third", "peer", {"peer_h_count", kGauge, "C."},
                           6, {{"peer", "third"}});
    Families families;
    const Family family{"peer_h", type, "H."};
    const Labels labels{{"peer", "fourth"}};
    if (type == kHistogram) {
      families.Add(family, {.sample_count = 7, .bucket = {}}, labels);
    } else {
      families.Add(family, {.sample_count = 7, .quantile = {}}, labels);
    }
    state.parts.push_back({RenderBlock(families), kStart});
    site.Publish();
    const auto page = site.Body("/metrics");
    CHECK(page.find("# HELP peer_h_count H.\n"
                    "# TYPE peer_h_count untyped\n"
                    "peer_h_count{peer=\"fourth\"} 7\n"
                    "peer_h_count{peer=\"third\"} 6\n") != std::string::npos);
    CHECK(Has(page, "peer_h_sum{peer=\"fourth\"} 0"));
    CHECK(page.find("# TYPE peer_h ") == std::string::npos);
    CHECK(HasEachFamilyOnce(page));
  }
}

TEST_CASE("pages: one peer has a histogram, another its parts as untyped") {
  TestPages site;
  Families whole;
  whole.Add({"peer_h", kHistogram, "H."},
            {.sample_count = 2, .bucket = {{.upper_bound = 1}}},
            {{"peer", "left"}});
  auto& state =
      site.Add("peer.third", "peer", {"peer_h_bucket", kUntyped, "Parts."}, 3,
               {{"le", "1"}, {"peer", "third"}});
  state.parts.push_back({RenderBlock(whole), kStart});
  site.Publish();
  const auto page = site.Body("/metrics");
  CHECK(Has(page, "peer_h_bucket{le=\"1\",peer=\"third\"} 3"));
  CHECK(Has(page, "peer_h_bucket{peer=\"left\",le=\"1.0\"} 0"));
  CHECK(Has(page, "peer_h_count{peer=\"left\"} 2"));
  CHECK(HasEachFamilyOnce(page));
}

TEST_CASE("pages: each family is once on a page") {
  TestPages site;
  const auto page = site.Body("/metrics");
  CHECK(HasEachFamilyOnce(page));
  CHECK(Has(page, "# TYPE peer_x gauge"));
}

TEST_CASE("pages: each source has a page of its own, and they share nothing") {
  TestPages site;
  const auto ipfs = Samples(site.Body("/metrics/ipfs"));
  const auto peer = Samples(site.Body("/metrics/peer"));
  CHECK(ipfs.contains("ipfs_swarm_peers 2"));
  CHECK(peer.contains("peer_x{peer=\"left\"} 4"));
  CHECK(ipfs.contains(
      "ipfs_peer_exporter_collector_polls_total{collector=\"ipfs.swarm\"} 0"));
  CHECK(peer.contains(
      "ipfs_peer_exporter_collector_polls_total{collector=\"peer.left\"} 0"));
  for (const auto& sample : peer) {
    CAPTURE(sample);
    CHECK_FALSE(ipfs.contains(sample));
  }
  auto both = ipfs;
  both.insert(peer.begin(), peer.end());
  CHECK((Samples(site.Body("/metrics")) == both));
}

TEST_CASE("pages: process_* is on the page of the daemon, if there is one") {
  TestPages with_ipfs;
  CHECK(Has(with_ipfs.Body("/metrics"), "process_threads 2"));
  CHECK(Has(with_ipfs.Body("/metrics/ipfs"), "process_threads 2"));
  CHECK_FALSE(Has(with_ipfs.Body("/metrics/peer"), "process_threads 2"));
  TestPages without_ipfs(false);
  CHECK(Has(without_ipfs.Body("/metrics"), "process_threads 2"));
  CHECK_FALSE(Has(without_ipfs.Body("/metrics/ipfs"), "process_threads 2"));
  CHECK(Has(without_ipfs.Body("/metrics/peer"), "process_threads 2"));
}

TEST_CASE("pages: collect[] and exclude[] choose collectors and sources") {
  struct Row {
    TestPages::Query query;
    bool swarm;
    bool repo;
    bool left;
    bool process;
  };
  const Row rows[] = {
      {{}, true, true, true, true},
      {{{"collect[]", "ipfs.swarm"}}, true, false, false, false},
      {{{"collect[]", "ipfs"}}, true, true, false, false},
      {{{"collect[]", "peer"}}, false, false, true, false},
      {{{"collect[]", "ipfs.swarm"}, {"collect[]", "peer.left"}},
       true,
       false,
       true,
       false},
      {{{"exclude[]", "ipfs.swarm"}}, false, true, true, true},
      {{{"exclude[]", "ipfs"}}, false, false, true, true},
      {{{"collect[]", "ipfs"}, {"exclude[]", "ipfs.swarm"}},
       false,
       true,
       false,
       false},
      {{{"collect[]", "ipfs.swarm"}, {"exclude[]", "ipfs"}},
       false,
       false,
       false,
       false},
      {{{"other", "ipfs.swarm"}}, true, true, true, true},
      {{{"collect", "ipfs.swarm"}}, true, true, true, true},
  };
  TestPages site;
  for (const auto& row : rows) {
    CAPTURE(&row - rows);
    const auto response = site.Get("/metrics", row.query);
    CHECK(response.status == 200);
    CHECK(Has(*response.body, "ipfs_swarm_peers 2") == row.swarm);
    CHECK(Has(*response.body, "ipfs_repo_size_bytes 3") == row.repo);
    CHECK(Has(*response.body, "peer_x{peer=\"left\"} 4") == row.left);
    CHECK(Has(*response.body, "process_threads 2") == row.process);
  }
}

TEST_CASE("pages: a selected collector includes its self-metrics") {
  TestPages site;
  const auto page = site.Body("/metrics", {{"collect[]", "ipfs.swarm"}});
  CHECK(Has(
      page,
      "ipfs_peer_exporter_collector_polls_total{collector=\"ipfs.swarm\"} 0"));
  CHECK(page.find("collector=\"ipfs.repo\"") == std::string::npos);
}

TEST_CASE("pages: an unknown name is a 400 that repeats it") {
  TestPages site;
  for (const std::string key : {"collect[]", "exclude[]"}) {
    for (const std::string name : {"ipfs.swarms", "swarm", "IPFS", ""}) {
      CAPTURE(key);
      CAPTURE(name);
      const auto response =
          site.Get("/metrics", {{"collect[]", "ipfs"}, {key, name}});
      CHECK(response.status == 400);
      CHECK(response.content_type == "text/plain; charset=utf-8");
      CHECK(response.body->find("\"" + name + "\"") != std::string::npos);
    }
  }
}

TEST_CASE("pages: a collector of the other source leaves the page empty") {
  TestPages site;
  CHECK(site.Body("/metrics/ipfs", {{"collect[]", "peer.left"}}) == "");
}

TEST_CASE("pages: a page is joined once per snapshot") {
  TestPages site;
  const auto first = site.Get("/metrics");
  CHECK(site.Get("/metrics").body == first.body);
  CHECK(site.Get("/metrics/ipfs").body != first.body);
  CHECK(site.Get("/metrics", {{"collect[]", "ipfs"}}).body != first.body);
  CHECK(site.Get("/metrics").body == first.body);
  site.Publish();
  CHECK(site.Get("/metrics").body != first.body);
}

TEST_CASE("pages: a selection is joined once per snapshot, in any spelling") {
  TestPages site;
  const TestPages::Query query{{"collect[]", "ipfs.swarm"},
                               {"collect[]", "peer"}};
  const auto first = site.Get("/metrics", query);
  const TestPages::Query same[] = {
      query,
      {{"collect[]", "peer"}, {"collect[]", "ipfs.swarm"}},
      {{"collect[]", "peer"},
       {"collect[]", "ipfs.swarm"},
       {"collect[]", "peer.left"},
       {"collect[]", "peer"}},
  };
  for (const auto& other : same) {
    CHECK(site.Get("/metrics", other).body == first.body);
  }
  CHECK(site.Get("/metrics", {{"collect[]", "peer"}}).body != first.body);
  CHECK(site.Get("/metrics/peer", query).body ==
        site.Get("/metrics/peer").body);
  site.Publish();
  CHECK(site.Get("/metrics", query).body != first.body);
}

// A site where one collector gives most, and `count` others almost nothing, so
// that there are many different pages that are large.
struct LargeSite : TestPages {
  LargeSite(std::size_t size, int count) {
    Add("peer.large", "peer", {"peer_large", kGauge, "L."}, 1,
        {{"text", std::string(size, 'x')}});
    for (int i = 0; i < count; ++i) {
      const auto number = std::to_string(i);
      Add("ipfs.n" + number, "ipfs", {"ipfs_n" + number, kGauge, "N."}, 1);
    }
    Publish();
  }

  HttpResponse Without(int i) {
    return Get("/metrics", {{"exclude[]", "ipfs.n" + std::to_string(i)}});
  }
};

TEST_CASE("pages: selections have a bound in bytes, and are served up to it") {
  LargeSite site(PageCache::kMinBytes, 8);
  const auto whole = site.Get("/metrics");
  std::vector<HttpResponse> served;
  int refused = 0;
  for (int i = 0; i < 8; ++i) {
    auto response = site.Without(i);
    if (response.status == 200) {
      CHECK(refused == 0);
      served.push_back(std::move(response));
      continue;
    }
    ++refused;
    CHECK(response.status == 503);
    REQUIRE(response.headers.size() == 1);
    CHECK(response.headers[0].first == std::string("Retry-After"));
    CHECK(response.headers[0].second == "1");
    CHECK(response.body->find("different selections") != std::string::npos);
  }
  CHECK(served.size() == PageCache::kPages);  // each a bit less than a page
  CHECK(site.Without(0).body == served[0].body);
  CHECK(site.Get("/metrics").body == whole.body);
  CHECK(site.Get("/metrics/peer").status == 200);
  CHECK(site.scrapes().Counts().at({"metrics", 503, Format::kText}) == 4);

  // Pages that clients still read count in the next snapshot, too.
  site.Publish();
  CHECK(site.Without(0).status == 503);
  CHECK(site.Get("/metrics").status == 200);
  served.pop_back();
  CHECK(site.Without(0).status == 200);
  CHECK(site.Without(1).status == 503);
}

TEST_CASE("pages: many small selections are served") {
  LargeSite site(10, 100);
  for (int i = 0; i < 100; ++i) CHECK(site.Without(i).status == 200);
}

TEST_CASE("pages: gzip is negotiated and compressed once per snapshot") {
  const Store store;
  ScrapeCounter scrapes;
  const History history;
  Pages pages(store, scrapes, history);
  HttpRequest request;
  request.path = "/metrics";
  const auto plain = pages.Answer(request);
  CHECK_FALSE(plain.gzip);
  request.accept_encoding = "gzip";
  const auto gzip = pages.Answer(request);
  CHECK(gzip.gzip);
  CHECK(gzip.content_type == plain.content_type);
  CHECK(gzip.body->starts_with("\x1f\x8b"));
  CHECK(pages.Answer(request).body == gzip.body);
  request.accept_encoding = "";
  CHECK(pages.Answer(request).body == plain.body);
  // Caches are to keep both.
  CHECK(plain.may_be_gzip);
  CHECK(gzip.may_be_gzip);
  request.path = "/";
  CHECK_FALSE(pages.Answer(request).may_be_gzip);
}

constexpr auto* kOpenMetrics = "application/openmetrics-text;version=1.0.0";

TEST_CASE("pages: a format by Accept, made once per snapshot") {
  TestPages site;
  const auto text = site.Get("/metrics");
  const auto open = site.Get("/metrics", {}, kOpenMetrics);
  CHECK(text.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(open.content_type ==
        "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(Samples(*open.body) == Samples(*text.body));
  CHECK(open.body->ends_with("\n# EOF\n"));
  CHECK(text.body->find("# EOF") == std::string::npos);
  CHECK(site.Get("/metrics", {}, kOpenMetrics).body == open.body);
  CHECK(site.Get("/metrics").body == text.body);
  CHECK(site.Get("/metrics", {}, "text/plain;version=1.0.0").body == text.body);
  CHECK(text.has_formats);
  CHECK_FALSE(site.Get("/").has_formats);
}

TEST_CASE("pages: a collector's own page is always text") {
  TestPages site;
  auto& state = site.Add("ipfs.native", "ipfs", {"own_x", kGauge, "O."}, 1);
  state.page = "native";
  Families relayed;
  relayed.Add({"native_x", kGauge, "N."}, 7);
  state.parts.back().on_page = RenderBlock(relayed);
  site.Publish();
  const auto response = site.Get("/metrics/native", {}, kOpenMetrics);
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  CHECK(*response.body ==
        "# HELP native_x N.\n# TYPE native_x gauge\nnative_x 7\n");
  CHECK_FALSE(response.has_formats);
  CHECK(site.scrapes().Counts().at({"native", 200, Format::kText}) == 1);
}

TEST_CASE("pages: scrapes are counted with the format, errors as well") {
  TestPages site;
  site.Get("/metrics/peer", {}, kOpenMetrics);
  site.Get("/metrics/peer", {{"collect[]", "none"}}, kOpenMetrics);
  site.Get("/metrics/peer");
  const ScrapeCounter::Map expected{{{"peer", 200, Format::kText}, 1},
                                    {{"peer", 200, Format::kOpenMetrics}, 1},
                                    {{"peer", 400, Format::kOpenMetrics}, 1}};
  CHECK((site.scrapes().Counts() == expected));
}

TEST_CASE("pages: a new snapshot is seen on every page") {
  TestPages site;
  for (const std::string path : {"/metrics", "/metrics/ipfs"}) {
    CHECK_FALSE(Has(site.Body(path), "ipfs_new 7"));
  }
  site.Add("ipfs.new", "ipfs", {"ipfs_new", kGauge, "New."}, 7);
  site.Publish();
  for (const std::string path : {"/metrics", "/metrics/ipfs"}) {
    CHECK(Has(site.Body(path), "ipfs_new 7"));
  }
}

TEST_CASE("pages: metrics are text 0.0.4") {
  TestPages site;
  CHECK(site.Get("/metrics").content_type ==
        "text/plain; version=0.0.4; charset=utf-8");
}

TEST_CASE("pages: other paths") {
  TestPages site;
  for (const std::string path : {"/-/healthy", "/-/ready"}) {
    CAPTURE(path);
    CHECK(site.Get(path).status == 200);
    CHECK(site.Get(path).content_type == "text/plain; charset=utf-8");
  }
  const auto landing = site.Get("/");
  CHECK(landing.status == 200);
  REQUIRE(landing.headers.size() == 4);
  CHECK(landing.headers[0].second.starts_with("default-src 'none'; "));
  CHECK(landing.headers[1].second == "DENY");
  CHECK(landing.content_type == "text/html; charset=utf-8");
  CHECK(landing.body->find("\"/metrics\"") != std::string::npos);
  CHECK(landing.body->find("ipfs.swarm") != std::string::npos);
  CHECK(landing.body->find("peer.right") != std::string::npos);
}

TEST_CASE("pages: an unknown path is a 404 with a hint") {
  TestPages site;
  for (const std::string path :
       {"", "/metric", "/metrics/", "/metrics/native", "/METRICS", "metrics",
        "/-/", "/-/healthy/", "//"}) {
    CAPTURE(path);
    const auto response = site.Get(path);
    CHECK(response.status == 404);
    CHECK(*response.body == "Not found; the metrics are at /metrics.\n");
  }
}

TEST_CASE("pages: the path of the metrics can be another one") {
  TestPages site(true, "/probe/stats");
  CHECK(site.Get("/probe/stats").status == 200);
  CHECK(Has(site.Body("/probe/stats/peer"), "peer_x{peer=\"left\"} 4"));
  CHECK(site.Get("/metrics").status == 404);
  CHECK(site.Body("/metrics").find("/probe/stats") != std::string::npos);
  CHECK(site.Body("/").find("\"/probe/stats\"") != std::string::npos);
}

TEST_CASE("pages: scrapes are counted by page and status, other pages not") {
  TestPages site;
  site.Get("/metrics");
  site.Get("/metrics", {{"collect[]", "ipfs"}});
  site.Get("/metrics", {{"collect[]", "nobody"}});
  site.Get("/metrics/ipfs");
  site.Get("/metrics/peer");
  site.Get("/");
  site.Get("/nowhere");
  const ScrapeCounter::Map expected{{{"metrics", 200, Format::kText}, 2},
                                    {{"metrics", 400, Format::kText}, 1},
                                    {{"ipfs", 200, Format::kText}, 1},
                                    {{"peer", 200, Format::kText}, 1}};
  CHECK((site.scrapes().Counts() == expected));
}

TEST_CASE("pages: another method than GET and HEAD is a 405") {
  const Store store;
  ScrapeCounter scrapes;
  const History history;
  Pages pages(store, scrapes, history);
  for (const std::string path : {"/metrics", "/", "/-/ready", "/nowhere"}) {
    for (const std::string method : {"POST", "PUT", "get"}) {
      HttpRequest request;
      request.method = method;
      request.path = path;
      const auto response = pages.Answer(request);
      CHECK(response.status == 405);
      CHECK(response.headers.at(0) ==
            std::pair<std::string, std::string>("Allow", "GET, HEAD"));
    }
  }
}

TEST_CASE("pages: the requests of metrics at once are limited") {
  Store store;
  store.SetSite({.max_requests = 2});
  store.Publish(kStart, {});
  ScrapeCounter scrapes;
  const History history;
  Pages pages(store, scrapes, history);
  HttpRequest metrics;
  metrics.path = "/metrics";
  HttpRequest healthy;
  healthy.path = "/-/healthy";
  std::vector<HttpResponse> sending = {pages.Answer(metrics),
                                       pages.Answer(metrics)};
  CHECK(sending[1].status == 200);
  for (int i = 0; i < 2; ++i) {
    const auto refused = pages.Answer(metrics);
    CHECK(refused.status == 503);
    CHECK(refused.headers.at(0).first == "Retry-After");
    CHECK(pages.Answer(healthy).status == 200);
  }
  sending.pop_back();
  CHECK(pages.Answer(metrics).status == 200);
  CHECK(pages.Answer(metrics).status == 200);
  CHECK(scrapes.Counts().at({"metrics", 503, Format::kText}) == 2);
}

TEST_CASE("pages: before the first snapshot there is a page, empty") {
  const Store store;
  ScrapeCounter scrapes;
  const History history;
  Pages pages(store, scrapes, history);
  HttpRequest request;
  request.path = "/metrics";
  const auto response = pages.Answer(request);
  CHECK(response.status == 200);
  CHECK(*response.body == "");
}

}  // namespace
}  // namespace ipfs_peer_exporter
