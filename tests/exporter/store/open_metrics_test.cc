#include "exporter/store/open_metrics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "adapters/families.h"
#include "exporter/store/text_format.h"

namespace ipfs_peer_exporter {
namespace {

using Histogram = prometheus::ClientMetric::Histogram;
using Summary = prometheus::ClientMetric::Summary;

const double kInf = INFINITY;

bool Fits(const Families& families) {
  return Render(families.list()).at(0).fits_open_metrics;
}

bool Fits(const std::string& name, prometheus::MetricType type,
          const std::vector<double>& values) {
  Families families;
  int i = 0;
  for (const double value : values) {
    families.Add({name, type, "H."}, value, {{"i", std::to_string(i++)}});
  }
  return Fits(families);
}

bool Fits(const Histogram& histogram) {
  Families families;
  families.Add({"h", kHistogram, "H."}, histogram);
  return Fits(families);
}

bool Fits(const Summary& summary, const std::string& name = "s") {
  Families families;
  families.Add({name, kSummary, "S."}, summary);
  return Fits(families);
}

std::string Header(const std::string& name, prometheus::MetricType type,
                   bool keeps_type = true, const std::string& help = "H.") {
  std::string text;
  AppendOpenMetricsHeader(text, name, type, keeps_type, help);
  return text;
}

TEST_CASE("open_metrics: counters need _total and values from 0") {
  CHECK(Fits("x_total", kCounter, {0, 1, kInf}));
  CHECK_FALSE(Fits("x", kCounter, {1}));
  CHECK_FALSE(Fits("_total", kCounter, {1}));
  CHECK_FALSE(Fits("x_total", kCounter, {1, -1}));
  CHECK_FALSE(Fits("x_total", kCounter, {NAN, 1}));
}

TEST_CASE("open_metrics: an info needs its suffix and values of 1") {
  CHECK(Fits("x_info", kGauge, {1, 1}));
  CHECK_FALSE(Fits("x_info", kGauge, {1, 0}));
  CHECK_FALSE(Fits("x_info", kGauge, {NAN}));
}

TEST_CASE("open_metrics: gauges and untyped families may have any value") {
  for (const auto* name :
       {"x", "x_total", "x_created", "x_bucket", "x_count"}) {
    CHECK(Fits(name, kGauge, {-1, NAN, kInf}));
    CHECK(Fits(name, kUntyped, {-1, NAN, kInf}));
  }
  CHECK(Fits("x_info", kUntyped, {2}));
}

TEST_CASE("open_metrics: rules of histograms") {
  const auto with = [](double sum,
                       std::vector<prometheus::ClientMetric::Bucket> buckets,
                       std::uint64_t count = 3) {
    Histogram histogram;
    histogram.sample_count = count;
    histogram.sample_sum = sum;
    for (const auto& [below, bound] : buckets) {
      histogram.bucket.push_back({below, bound});
    }
    return histogram;
  };
  CHECK(Fits(with(1.5, {{0, 0}, {2, 1}, {3, kInf}})));
  CHECK(Fits(with(0, {{0, kInf}}, 0)));
  struct Row {
    std::string why;
    Histogram histogram;
  };
  const Row rows[] = {
      {"no bucket", with(1, {})},
      {"no +Inf", with(1, {{3, 1}})},
      {"count is not +Inf's", with(1, {{2, 1}, {2, kInf}})},
      {"counts fall", with(1, {{3, 1}, {2, 2}, {3, kInf}})},
      {"bounds fall", with(1, {{1, 2}, {2, 1}, {3, kInf}})},
      {"a bound twice", with(1, {{1, 1}, {1, 1}, {3, kInf}})},
      {"+Inf twice", with(1, {{3, kInf}, {3, kInf}})},
      {"a bound is NaN", with(1, {{1, NAN}, {3, kInf}})},
      {"negative bound with a sum", with(1, {{1, -1}, {3, kInf}})},
      {"negative sum", with(-1, {{1, 1}, {3, kInf}})},
      {"sum is NaN", with(NAN, {{1, 1}, {3, kInf}})},
  };
  for (const auto& row : rows) {
    CAPTURE(row.why);
    CHECK_FALSE(Fits(row.histogram));
  }
}

TEST_CASE("open_metrics: rules of summaries") {
  const auto with =
      [](double sum,
         std::vector<prometheus::ClientMetric::Quantile> quantiles) {
        return Summary{
            .sample_count = 3, .sample_sum = sum, .quantile = quantiles};
      };
  CHECK(Fits(with(1.5, {})));
  CHECK(Fits(with(1.5, {{0, 0}, {0.5, 2}, {0.9, NAN}, {1, kInf}})));
  CHECK_FALSE(Fits(with(-1, {})));
  CHECK_FALSE(Fits(with(NAN, {})));
  CHECK_FALSE(Fits(with(1, {{0.5, 1}, {1.5, 2}})));
  CHECK_FALSE(Fits(with(1, {{-0.5, 1}})));
  CHECK_FALSE(Fits(with(1, {{NAN, 1}})));
  CHECK_FALSE(Fits(with(1, {{0.5, -1}})));
  CHECK_FALSE(Fits(with(1, {}), "s_created"));
}

TEST_CASE("open_metrics: headers name the family without its suffix") {
  CHECK(Header("x_total", kCounter) == "# TYPE x counter\n# HELP x H.\n");
  CHECK(Header("x_total", kCounter, false) ==
        "# TYPE x_total unknown\n# HELP x_total H.\n");
  CHECK(Header("x", kCounter, false) == "# TYPE x unknown\n# HELP x H.\n");
  CHECK(Header("x_total", kGauge) ==
        "# TYPE x_total gauge\n# HELP x_total H.\n");
  CHECK(Header("x_total", kUntyped) ==
        "# TYPE x_total unknown\n# HELP x_total H.\n");
  CHECK(Header("x_info", kGauge) == "# TYPE x info\n# HELP x H.\n");
  CHECK(Header("x_info", kGauge, false) ==
        "# TYPE x_info gauge\n# HELP x_info H.\n");
  CHECK(Header("x_info", kUntyped) ==
        "# TYPE x_info unknown\n# HELP x_info H.\n");
  CHECK(Header("x", kHistogram) == "# TYPE x histogram\n# HELP x H.\n");
  CHECK(Header("x", kSummary) == "# TYPE x summary\n# HELP x H.\n");
}

TEST_CASE("open_metrics: units") {
  CHECK(Header("x_seconds_total", kCounter) ==
        "# TYPE x_seconds counter\n# UNIT x_seconds seconds\n"
        "# HELP x_seconds H.\n");
  CHECK(Header("x_bytes", kGauge) ==
        "# TYPE x_bytes gauge\n# UNIT x_bytes bytes\n# HELP x_bytes H.\n");
  for (const auto* unit : {"amperes", "celsius", "grams", "joules", "meters",
                           "ratio", "seconds", "volts"}) {
    const auto name = std::string("x_") + unit;
    CHECK(Header(name, kHistogram).find("# UNIT " + name + " " + unit + "\n") !=
          std::string::npos);
  }
  for (const auto* name : {"seconds", "xseconds", "x_seconds_info",
                           "x_seconds_total", "x_milliseconds", "x_peers"}) {
    CHECK(Header(name, kGauge).find("# UNIT") == std::string::npos);
  }
  CHECK(Header("x_seconds_total", kCounter, false).find("# UNIT") ==
        std::string::npos);
}

TEST_CASE("open_metrics: HELP escapes quotes as well") {
  Families families;
  families.Add({"x", kGauge, "a\\b\n\"c\"\n"}, 1);
  const auto rendered = Render(families.list());
  const auto help = std::string(HelpOf(rendered[0]));
  CHECK(Header("x", kGauge, true, help) ==
        "# TYPE x gauge\n# HELP x a\\\\b\\n\\\"c\\\"\\n\n");
}

TEST_CASE("open_metrics: the text of HELP") {
  CHECK(HelpOf({"x", kGauge, "# HELP x a b\n# TYPE x gauge\n", ""}) == "a b");
  CHECK(HelpOf({"x", kGauge, "# HELP x \n# TYPE x gauge\n", ""}) == "");
  CHECK(HelpOf({"x", kGauge, "# HELP x\n", ""}) == "");
  CHECK(HelpOf({"x", kGauge, "# TYPE x gauge\n", ""}) == "");
  CHECK(HelpOf({"x", kGauge, "", ""}) == "");
}

}  // namespace
}  // namespace ipfs_peer_exporter
