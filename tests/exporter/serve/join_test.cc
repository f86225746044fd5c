#include "exporter/serve/join.h"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "adapters/families.h"

namespace ipfs_peer_exporter {
namespace {

using prometheus::MetricType;

struct Row {
  std::string name;
  MetricType type;
  double value = 1;
};

// One block per row, so that rows may have the same name.
std::vector<Block> Blocks(const std::vector<Row>& rows) {
  std::vector<Block> blocks;
  for (const auto& [name, type, value] : rows) {
    Families families;
    const Family family{name, type, "H."};
    const Labels labels{{"i", std::to_string(blocks.size())}};
    if (type == kHistogram) {
      prometheus::ClientMetric::Histogram histogram;
      histogram.sample_count = 2;
      histogram.sample_sum = value;
      histogram.bucket = {{1, 0.5}, {2, double{INFINITY}}};
      families.Add(family, histogram, labels);
    } else if (type == kSummary) {
      families.Add(family,
                   {.sample_count = 2,
                    .sample_sum = value,
                    .quantile = {{.quantile = 0.5, .value = value}}},
                   labels);
    } else {
      families.Add(family, value, labels);
    }
    blocks.push_back(RenderBlock(families));
  }
  return blocks;
}

// The types of the families, in the order of the page: "x counter, y gauge".
std::string Types(const std::vector<Row>& rows) {
  const auto page = Join(Blocks(rows), Format::kOpenMetrics);
  std::string types;
  constexpr std::string_view kType = "# TYPE ";
  for (auto at = page.find(kType); at != page.npos;
       at = page.find(kType, at + 1)) {
    const auto name = at + kType.size();
    if (!types.empty()) types += ", ";
    types += page.substr(name, page.find('\n', name) - name);
  }
  return types;
}

TEST_CASE("join: an OpenMetrics page") {
  CHECK(Join({}, Format::kText) == "");
  CHECK(Join({}, Format::kOpenMetrics) == "# EOF\n");
  CHECK(Join(Blocks({{"b_info", kGauge},
                     {"a_seconds_total", kCounter, 2.5},
                     {"h", kHistogram, 3}}),
             Format::kOpenMetrics) ==
        "# TYPE a_seconds counter\n"
        "# UNIT a_seconds seconds\n"
        "# HELP a_seconds H.\n"
        "a_seconds_total{i=\"1\"} 2.5\n"
        "# TYPE b info\n"
        "# HELP b H.\n"
        "b_info{i=\"0\"} 1\n"
        "# TYPE h histogram\n"
        "# HELP h H.\n"
        "h_bucket{i=\"2\",le=\"0.5\"} 1\n"
        "h_bucket{i=\"2\",le=\"+Inf\"} 2\n"
        "h_sum{i=\"2\"} 3\n"
        "h_count{i=\"2\"} 2\n"
        "# EOF\n");
}

TEST_CASE("join: what breaks a rule of OpenMetrics becomes unknown") {
  CHECK(Join(Blocks({{"s", kSummary, -1}}), Format::kOpenMetrics) ==
        "# TYPE s unknown\n"
        "# HELP s H.\n"
        "s{i=\"0\",quantile=\"0.5\"} -1\n"
        "# TYPE s_count unknown\n"
        "# HELP s_count H.\n"
        "s_count{i=\"0\"} 2\n"
        "# TYPE s_sum unknown\n"
        "# HELP s_sum H.\n"
        "s_sum{i=\"0\"} -1\n"
        "# EOF\n");
  CHECK(Types({{"h", kHistogram, -1}}) ==
        "h_bucket unknown, h_count unknown, h_sum unknown");
  CHECK(Types({{"x_total", kCounter, -1}, {"y", kCounter}}) ==
        "x_total unknown, y unknown");
  // One member is enough for the whole family.
  CHECK(Types({{"x_total", kCounter}, {"x_total", kCounter, -1}}) ==
        "x_total unknown");
  CHECK(Types({{"x_info", kGauge}, {"x_info", kGauge, 2}}) == "x_info gauge");
}

TEST_CASE("join: OpenMetrics' names of two families that clash") {
  struct Case {
    std::vector<Row> rows;
    std::string types;
  };
  const Case cases[] = {
      {{{"x", kGauge}, {"x_total", kCounter}}, "x gauge, x_total unknown"},
      {{{"x", kGauge}, {"x_info", kGauge}}, "x gauge, x_info gauge"},
      {{{"x_info", kGauge}, {"x_total", kCounter}},
       "x_info gauge, x_total unknown"},
      {{{"x_created", kGauge}, {"x_total", kCounter}},
       "x_created gauge, x_total unknown"},
      {{{"x_created", kGauge}, {"x", kSummary}},
       "x_created gauge, x unknown, x_count unknown, x_sum unknown"},
      {{{"x", kHistogram}, {"x_total", kCounter}},
       "x_total unknown, x_bucket unknown, x_count unknown, x_sum unknown"},
      {{{"x", kHistogram}, {"x_count_total", kCounter}},
       "x_count_total unknown, x_bucket unknown, x_count unknown, "
       "x_sum unknown"},
      {{{"x_total", kCounter}, {"x_total_total", kCounter}},
       "x_total unknown, x_total_total unknown"},
      // Untyped in text as well; what they need still counts.
      {{{"x", kGauge}, {"x", kHistogram}, {"x_sum_total", kCounter}},
       "x_sum_total unknown, x unknown, x_bucket unknown, x_count unknown, "
       "x_sum unknown"},
      {{{"x", kHistogram}, {"x_count", kGauge}},
       "x_bucket unknown, x_count unknown, x_sum unknown"},
      // No clash
      {{{"x_total", kCounter}, {"x_count", kGauge}, {"x_bucket", kGauge}},
       "x_bucket gauge, x_count gauge, x counter"},
      {{{"x", kGauge}, {"x_total", kGauge}, {"x_created", kGauge}},
       "x gauge, x_created gauge, x_total gauge"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.types);
    CHECK(Types(one.rows) == one.types);
  }
}

TEST_CASE("join: relayed families may have no HELP") {
  const auto relayed =
      std::make_shared<std::vector<RenderedFamily>>(std::vector<RenderedFamily>{
          {"h", kHistogram, "# TYPE h histogram\n", "h_sum 1\n"},
          {"h_count", kUntyped, "", "h_count 2\n"}});
  CHECK(Join({relayed}, Format::kText) ==
        "# HELP h_count \n"
        "# TYPE h_count untyped\n"
        "h_count 2\n"
        "# HELP h_sum \n"
        "# TYPE h_sum untyped\n"
        "h_sum 1\n");
}

}  // namespace
}  // namespace ipfs_peer_exporter
