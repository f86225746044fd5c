#include "adapters/prometheus_text.h"

#include <doctest/doctest.h>

#include <cmath>

namespace ipfs_peer_exporter {
namespace {

TEST_CASE("prometheus_text: values as Prometheus reads them") {
  struct Row {
    const char* text;
    double value;
  };
  const Row rows[] = {{"0", 0},
                      {"-0.5", -0.5},
                      {"+7", 7},
                      {".5", 0.5},
                      {"5.", 5},
                      {"1e+06", 1e6},
                      {"-1.5E-3", -0.0015},
                      {"5e-324", 5e-324},
                      {"+Inf", INFINITY},
                      {"Inf", INFINITY},
                      {"-Inf", -INFINITY}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto line = ParseTextLine("x " + std::string(row.text));
    REQUIRE(line);
    CHECK(line->value == row.value);
  }
  const auto nan = ParseTextLine("x NaN");
  REQUIRE(nan);
  CHECK(std::isnan(nan->value));
}

TEST_CASE("prometheus_text: what Prometheus does not take for a value") {
  const char* const texts[] = {"",      "-",    ".",      "e5",    "1e",
                               "1,5",   "1x",   "--1",    "+-1",   "+-Inf",
                               "-+1",   "0x1p", "nan(1)", "+NaN1", "infinity1",
                               "1e400", "1_000"};
  for (const std::string text : texts) {
    CAPTURE(text);
    CHECK_FALSE(ParseTextLine("x " + text));
  }
}

TEST_CASE("prometheus_text: a sample and its labels") {
  const auto line = ParseTextLine(
      "a:b{c=\"d\", e = \"\\\\\\\"\\n}\" ,} 1.5 1700000000 # {t=\"1\"} 2 3");
  REQUIRE(line);
  CHECK(line->kind == TextLine::Kind::kSample);
  CHECK(line->name == "a:b");
  REQUIRE(line->labels.size() == 2);
  CHECK(line->labels[0].name == "c");
  CHECK(line->labels[0].value == "d");
  CHECK(line->labels[1].name == "e");
  CHECK(line->labels[1].value == "\\\"\n}");
  CHECK(line->value == 1.5);
}

TEST_CASE("prometheus_text: lines that are none") {
  const char* const texts[] = {"x",
                               "1 1",
                               "x-y 1",
                               "{a=\"b\"} 1",
                               "x{a=b} 1",
                               "x{a} 1",
                               "x{a=\"b} 1",
                               "x{a=\"b\" 1",
                               "x{a=\"\\t\"} 1",
                               "x{=\"b\"} 1",
                               "x{a:b=\"c\"} 1",
                               "x{a=\"b\",a=\"c\"} 1",
                               "x{a=\"b\"c=\"d\"} 1",
                               "x{,} 1",
                               "x 1 y",
                               "x 1 2 3",
                               "x 1 # y",
                               "x 1 # {a=\"b\"}",
                               "# HELP",
                               "# TYPE x-y gauge",
                               "# TYPE x gauge y"};
  for (const std::string text : texts) {
    CAPTURE(text);
    CHECK_FALSE(ParseTextLine(text));
  }
}

TEST_CASE("prometheus_text: a sample has 64 labels at most") {
  std::string labels;
  for (int i = 0; i < 64; ++i) labels += "a" + std::to_string(i) + "=\"\",";
  CHECK(ParseTextLine("x{" + labels + "} 1"));
  CHECK_FALSE(ParseTextLine("x{" + labels + "b=\"\"} 1"));
}

TEST_CASE("prometheus_text: comments") {
  using Kind = TextLine::Kind;
  struct Row {
    const char* text;
    Kind kind;
    const char* name;
    const char* rest;
  };
  const Row rows[] = {
      {"", Kind::kNothing, "", ""},
      {" \t", Kind::kNothing, "", ""},
      {"#", Kind::kNothing, "", ""},
      {"# a remark", Kind::kNothing, "", ""},
      {"# UNIT x seconds", Kind::kNothing, "", ""},
      {"# EOF", Kind::kEnd, "", ""},
      {"# HELP x", Kind::kHelp, "x", ""},
      {"# HELP x A \\\\ and \\n.", Kind::kHelp, "x", "A \\ and \n."},
      {"# TYPE x gauge", Kind::kType, "x", "gauge"}};
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto line = ParseTextLine(row.text);
    REQUIRE(line);
    CHECK(line->kind == row.kind);
    CHECK(line->name == row.name);
    CHECK(line->text == row.rest);
  }
}

}  // namespace
}  // namespace ipfs_peer_exporter
