#include "exporter/store/text_format.h"

#include <doctest/doctest.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "adapters/families.h"

namespace ipfs_peer_exporter {
namespace {

using Limits = std::numeric_limits<double>;

std::string Print(double value) {
  std::string text;
  AppendNumber(text, value);
  return text;
}

std::string RenderOne(const Family& family, double value, Labels labels = {}) {
  Families families;
  families.Add(family, value, std::move(labels));
  const auto rendered = Render(families.list());
  REQUIRE(rendered.size() == 1);
  return rendered[0].header + rendered[0].samples;
}

TEST_CASE("text_format: numbers") {
  struct Row {
    double value;
    std::string text;
  };
  const Row rows[] = {
      {0, "0"},
      {-0.0, "0"},
      {1, "1"},
      {-1, "-1"},
      {1e5, "100000"},
      {1e6, "1000000"},
      {-1e15, "-1000000000000000"},
      {9007199254740991.0, "9007199254740991"},
      {9007199254740992.0, "9007199254740992"},
      {9223372036854775808.0, "9223372036854775808"},
      {18446744073709551616.0, "18446744073709551616"},
      {1e22, "1e+22"},
      {0.1, "0.1"},
      {0.0025, "0.0025"},
      {1.5e-3, "0.0015"},
      {-2.25, "-2.25"},
      {1e-9, "1e-09"},
      {5e-324, "5e-324"},
      {Limits::max(), "1.7976931348623157e+308"},
      {NAN, "NaN"},
      {-double{NAN}, "NaN"},
      {INFINITY, "+Inf"},
      {-double{INFINITY}, "-Inf"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    CHECK(Print(row.value) == row.text);
  }
}

TEST_CASE("text_format: a number reads back as the same double") {
  const double values[] = {1.0 / 3,
                           2.0 / 3 * 1e17,
                           9007199254740993.0,
                           9007199254740994.0,
                           123456789012345680000.0,
                           4503599627370496.5,
                           4503599627370495.5,
                           Limits::min(),
                           Limits::max(),
                           Limits::epsilon(),
                           -Limits::denorm_min(),
                           1732297200.123456};
  for (const double value : values) {
    const auto text = Print(value);
    CAPTURE(text);
    double back = 0;
    std::from_chars(text.data(), text.data() + text.size(), back);
    CHECK(back == value);
  }
}

TEST_CASE("text_format: a number is appended") {
  std::string text = "x ";
  AppendNumber(text, 1.5);
  CHECK(text == "x 1.5");
}

TEST_CASE("text_format: a family without labels") {
  CHECK(RenderOne({"rounds_total", kCounter, "Rounds."}, 3) ==
        "# HELP rounds_total Rounds.\n"
        "# TYPE rounds_total counter\n"
        "rounds_total 3\n");
  CHECK(RenderOne({"peers", kGauge, "Peers."}, -0.5) ==
        "# HELP peers Peers.\n"
        "# TYPE peers gauge\n"
        "peers -0.5\n");
}

TEST_CASE("text_format: HELP escapes backslashes and line feeds, no quotes") {
  CHECK(RenderOne({"x", kGauge, "a\\b\n\"c\"\n"}, 1) ==
        "# HELP x a\\\\b\\n\"c\"\\n\n"
        "# TYPE x gauge\n"
        "x 1\n");
}

TEST_CASE("text_format: labels escape quotes as well") {
  const auto text =
      RenderOne({"x", kGauge, "h"}, 1,
                {{"a", "\\"}, {"b", "\n"}, {"c", "\""}, {"d", "caf\u00e9 {}"}});
  CHECK(text.ends_with(
      "x{a=\"\\\\\",b=\"\\n\",c=\"\\\"\",d=\"caf\u00e9 {}\"} 1\n"));
}

TEST_CASE("text_format: an empty label value and an empty HELP stay") {
  CHECK(RenderOne({"x", kGauge, ""}, 1, {{"a", ""}}) ==
        "# HELP x \n# TYPE x gauge\nx{a=\"\"} 1\n");
}

TEST_CASE("text_format: a histogram is its buckets, sum and count") {
  prometheus::ClientMetric::Histogram histogram;
  histogram.sample_count = 4;
  histogram.sample_sum = 2.25;
  for (const auto& [bound, count] :
       {std::pair(0.1, 1), std::pair(1.0, 3), std::pair(double{INFINITY}, 4)}) {
    histogram.bucket.push_back({static_cast<std::uint64_t>(count), bound});
  }
  Families families;
  const Family family{"h", kHistogram, "H."};
  families.Add(family, histogram);
  families.Add(family, histogram, {{"kind", "x"}});
  const auto rendered = Render(families.list());
  REQUIRE(rendered.size() == 1);
  CHECK(rendered[0].type == kHistogram);
  CHECK(rendered[0].header == "# HELP h H.\n# TYPE h histogram\n");
  CHECK(rendered[0].samples ==
        "h_bucket{le=\"0.1\"} 1\n"
        "h_bucket{le=\"1.0\"} 3\n"
        "h_bucket{le=\"+Inf\"} 4\n"
        "h_sum 2.25\n"
        "h_count 4\n"
        "h_bucket{kind=\"x\",le=\"0.1\"} 1\n"
        "h_bucket{kind=\"x\",le=\"1.0\"} 3\n"
        "h_bucket{kind=\"x\",le=\"+Inf\"} 4\n"
        "h_sum{kind=\"x\"} 2.25\n"
        "h_count{kind=\"x\"} 4\n");
}

TEST_CASE("text_format: a summary is its quantiles, sum and count") {
  const prometheus::ClientMetric::Summary summary{
      .sample_count = 4,
      .sample_sum = 2.25,
      .quantile = {{.quantile = 0.5, .value = 0.125},
                   {.quantile = 0.99, .value = 2}}};
  Families families;
  const Family family{"s", kSummary, "S."};
  families.Add(family, summary);
  families.Add(family, summary, {{"kind", "x"}});
  const auto rendered = Render(families.list());
  REQUIRE(rendered.size() == 1);
  CHECK(rendered[0].type == kSummary);
  CHECK(rendered[0].header == "# HELP s S.\n# TYPE s summary\n");
  CHECK(rendered[0].samples ==
        "s{quantile=\"0.5\"} 0.125\n"
        "s{quantile=\"0.99\"} 2\n"
        "s_sum 2.25\n"
        "s_count 4\n"
        "s{kind=\"x\",quantile=\"0.5\"} 0.125\n"
        "s{kind=\"x\",quantile=\"0.99\"} 2\n"
        "s_sum{kind=\"x\"} 2.25\n"
        "s_count{kind=\"x\"} 4\n");
}

TEST_CASE("text_format: families keep their order, no families give no text") {
  CHECK(Render({}).empty());
  Families families;
  families.Add({"b", kGauge, "B."}, 1);
  families.Add({"a", kCounter, "A."}, 2);
  const auto rendered = Render(families.list());
  REQUIRE(rendered.size() == 2);
  CHECK(rendered[0].name == "b");
  CHECK(rendered[0].type == kGauge);
  CHECK(rendered[1].name == "a");
  CHECK(rendered[1].type == kCounter);
}

}  // namespace
}  // namespace ipfs_peer_exporter
