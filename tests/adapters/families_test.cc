#include "adapters/families.h"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/adapters/lines.h"

namespace ipfs_peer_exporter {
namespace {

constexpr Family kRounds{"rounds_total", kCounter, "Rounds."};
constexpr Family kPeers{"peers", kGauge, "Peers."};
constexpr Family kLatency{"latency", kHistogram, "Latency."};

TEST_CASE("families: empty at first") { CHECK(Families().list().empty()); }

TEST_CASE("families: samples of one family are kept together") {
  Families families;
  families.Add(kPeers, 1, {{"direction", "inbound"}});
  families.Add(kRounds, 2);
  families.Add(kPeers, 3, {{"direction", "outbound"}});
  CHECK(Lines(families) ==
        "peers{direction=\"inbound\"} 1\n"
        "peers{direction=\"outbound\"} 3\n"
        "rounds_total 2\n");
}

TEST_CASE("families: name, HELP and type come from the Family") {
  Families families;
  families.Add(kRounds, 1);
  families.Add(kPeers, 1);
  families.Add(kLatency, prometheus::ClientMetric::Histogram{});
  REQUIRE(families.list().size() == 3);
  const Family* const expected[] = {&kRounds, &kPeers, &kLatency};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(families.list()[i].name == expected[i]->name);
    CHECK(families.list()[i].help == expected[i]->help);
    CHECK(families.list()[i].type == expected[i]->type);
  }
}

TEST_CASE("families: a value is stored by its type") {
  Families families;
  families.Add(kRounds, 2);
  families.Add(kPeers, 3);
  CHECK(families.list()[0].metric.front().counter.value == 2);
  CHECK(families.list()[1].metric.front().gauge.value == 3);
}

TEST_CASE("families: a histogram keeps its buckets and labels") {
  Families families;
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = 3;
  histogram.sample_sum = 1.5;
  histogram.bucket.push_back({2, 0.5});
  histogram.bucket.push_back({3, INFINITY});
  families.Add(kLatency, histogram, {{"a", "b"}});
  CHECK(Lines(families) ==
        "latency_bucket{a=\"b\",le=\"0.5\"} 2\n"
        "latency_bucket{a=\"b\",le=\"+Inf\"} 3\n"
        "latency_sum{a=\"b\"} 1.5\n"
        "latency_count{a=\"b\"} 3\n");
}

TEST_CASE("families: a summary keeps its quantiles and labels") {
  Families families;
  const prometheus::ClientMetric::Summary summary{
      .sample_count = 3,
      .sample_sum = 1.5,
      .quantile = {{.quantile = 0.5, .value = 0.25}}};
  families.Add({"latency", kSummary, "Latency."}, summary, {{"a", "b"}});
  CHECK(Lines(families) ==
        "latency{a=\"b\",quantile=\"0.5\"} 0.25\n"
        "latency_sum{a=\"b\"} 1.5\n"
        "latency_count{a=\"b\"} 3\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter
